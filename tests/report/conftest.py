"""A report with a photo of every status."""

import pytest

from unseen.report import Answer, Change, ModelReading, PhotoRow, Reading, Report
from unseen.report.layout import Row, Version

PRESETS = {"file": "the file itself", "jpeg-75": "saved again as JPEG 75"}


def reading(icp: float, *guesses: tuple[str, float]) -> Reading:
    return Reading(icp=icp, ice=1.25, top5=tuple(Answer(label=label, probability=share) for label, share in guesses))


BEFORE = reading(0.81, ("Egyptian cat", 0.81), ("tabby, tabby cat", 0.1))
HIDDEN = reading(3e-6, ("chain mail, ring mail", 0.9931), ("velvet", 0.002))
CLOSE = reading(0.31, ("lynx, catamount", 0.35), ("Egyptian cat", 0.31))


def model(name: str, role: str, after: Reading) -> ModelReading:
    return ModelReading(name=name, role=role, reference="Egyptian cat", before=BEFORE, after=after)


def read(preset: str, version: Version, answer: str | None, *, leaked: bool | None = None) -> Row:
    """What lite2 said of the cat."""
    numbers = {"icp": 0.2, "ice": 1.25, "top1": answer == "Egyptian cat", "top5": True, "leaked": leaked}
    return Row(
        photo="album/cat.jpg",
        network="lite2",
        role="held-out",
        preset=preset,
        version=version,
        reference="Egyptian cat",
        answer=answer,
        **(numbers if answer else dict.fromkeys(numbers)),
    )


@pytest.fixture
def protected_row() -> PhotoRow:
    return PhotoRow(
        input="album/cat.jpg",
        output="out/cat.jpg",
        status="protected",
        error=None,
        seconds=1.5,
        iterations=14,
        target="chain mail, ring mail",
        target_probability=0.9931,
        models=(
            model("lite0", "surrogate", HIDDEN),
            model("lite1", "surrogate", HIDDEN),
            model("lite2", "held-out", CLOSE),
        ),
        change=Change(
            mean_abs=0.005, max_abs=0.0157, mean_abs_levels=1.3, max_abs_levels=4.0, psnr=43.25, ssim=0.98312
        ),
        metadata_removed=("EXIF", "GPS position"),
        notes=("Saved at JPEG quality 95 4:4:4.",),
        audit=(
            read("file", "original", "Egyptian cat", leaked=True),
            read("file", "protected", "velvet", leaked=False),
            read("jpeg-75", "original", "Egyptian cat", leaked=True),
            read("jpeg-75", "protected", "tabby", leaked=True),
        ),
    )


@pytest.fixture
def missed_row() -> PhotoRow:
    return PhotoRow(
        input="album/dog.png",
        output="out/dog.png",
        status="not_achieved",
        error=None,
        seconds=4.0,
        iterations=300,
        target=None,
        target_probability=None,
        models=(model("lite0", "surrogate", BEFORE), model("lite1", "surrogate", HIDDEN)),
        change=None,
        metadata_removed=(),
    )


@pytest.fixture
def failed_row() -> PhotoRow:
    return PhotoRow(
        input="album/torn.jpg",
        output=None,
        status="failed",
        error="album/torn.jpg: the file ends early; copy it again",
        seconds=0.01,
        iterations=None,
        target=None,
        target_probability=None,
        models=(),
        change=None,
        metadata_removed=(),
    )


@pytest.fixture
def report(protected_row: PhotoRow, missed_row: PhotoRow, failed_row: PhotoRow) -> Report:
    settings = {"scheme": "replace", "models": ["lite0", "lite1"], "epsilon": 4.0, "seed": 0, "dry_run": False}
    return Report(version="0.1.0", settings=settings, photos=(protected_row, missed_row, failed_row), presets=PRESETS)
