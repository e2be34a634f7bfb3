"""Make the small examples of the studio's ways; run as `python docs/make_studio_examples.py`.

scikit-image's cup of coffee, protected by each of the ways that the page names, as the command does it, and made small.
"""

import tempfile
from pathlib import Path

import skimage.data
from PIL import Image

import unseen
from unseen.catalogue import DEFAULT_STRENGTH, STRENGTHS, way_named

FOLDER = Path(__file__).parents[1] / "src/unseen/web/page/examples"
SIZE = (288, 192)
WAYS = {
    "perturb": "shield",
    "crop": "crop+shield",
    "enhance": "enhance+shield",
    "style": "style:woodblock+shield",
    "universal": "universal",
}


def main() -> None:
    """Protect, and save each copy as a picture of at most 15 KB."""
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "coffee.png"
        Image.fromarray(skimage.data.coffee()).save(original)
        for name, text in WAYS.items():
            pictures, scheme = way_named(text, {}, defaults={"epsilon": STRENGTHS[DEFAULT_STRENGTH]})
            output = Path(folder) / name
            row = unseen.protect_file(original, output=output, scheme=scheme, pictures=pictures, device="cpu")
            with Image.open(row.output or original) as copy:
                copy.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(FOLDER / f"{name}.webp", quality=80)


if __name__ == "__main__":
    main()
