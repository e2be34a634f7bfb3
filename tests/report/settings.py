"""Settings of runs, as reports hold them."""

NOISE = {"scheme": "replace", "epsilon": 8 / 255, "picture_only": False}
PICTURE = {"scheme": "crop", "pictures": [{"scheme": "Crop", "ratio": 0.7}], "picture_only": True}
