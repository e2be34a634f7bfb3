import pytest

from unseen.report.settings import parts_in_words, remedy

from .settings import NOISE, PICTURE


@pytest.mark.parametrize(
    ("settings", "advice"),
    [
        (NOISE, "Try a higher strength or another scheme."),
        (
            {"schemes": [{"scheme": "Enhance", "tone": 0.1}, {"scheme": "Away", "epsilon": 0.1}]},
            "Try a higher strength",
        ),
        ({"overshoot": 0.02}, "Try a larger overshoot"),
        ({"tone": 0.1}, "Try noise after it, as in enhance+uniform."),
        (PICTURE, "aimed at no network: add a scheme that is, as in crop+shield."),
        ({}, "Try another scheme."),
    ],
)
def test_the_remedy_is_one_that_the_scheme_has(settings: dict[str, object], advice: str) -> None:
    assert advice in remedy(settings)


def test_pictures_and_chains_are_told_in_words() -> None:
    style = {
        "spec": {"name": "style:hayao?weights=h.pth", "licence": "not stated"}, "strength": 0.5, "keep_colour": False
    }  # fmt: skip
    parts = [
        {"scheme": "Crop", "ratio": 0.7, "lanes": None},
        {"scheme": "Painted", "style": style},
        {"scheme": "Other"},
    ]
    assert parts_in_words(parts) == (
        "crop (ratio 0.7), then style:hayao (strength 0.5, keep colour no, licence not stated), then other"
    )
    assert parts_in_words([]) == "none"
