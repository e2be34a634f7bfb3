"""docs/universal.md and its plots, from the answers that universal.py collected."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unseen.lab.figures import lines

Record = Mapping[str, Any]
SAVED, CROPPED, JPEG = "as saved", "scale and crop", "JPEG 90"
NETWORKS = ("lite0", "lite1", "lite2", "mobilenetv1", "deit-tiny", "squeezenet")
NAMED = {
    "lite0-10": "augmented, on lite0, 10 levels",
    "uap-10": "the paper's (UAP), on lite0, 10 levels",
    "lite-8": "augmented, on lite0 + lite1 + lite2, 8 levels: the one that comes with unseen",
    "random-signs": "random signs, 10 levels: trained by nobody",
}
PHOTOS = {"photos-50": 50, "photos-200": 200, "photos-1000": 1000}
LIMITS = {"limit-4": 4, "limit-8": 8, "lite0-10": 10, "limit-16": 16}
SCALED = {"scaled-4": 4, "scaled-8": 8, "lite0-10": 10, "scaled-16": 16}


_OPENING = """\
# Universal noise

Made by `benchmarks/universal.py`; do not edit. To measure again, or to go on where a run was interrupted:

    python benchmarks/universal.py --train FOLDER --test LABELS.csv --weights FOLDER

One noise for all photos, laid on by `--scheme universal`. Trained on {trained_on}; measured on {count} other
photos (the NIPS 2017 set), of which no noise saw any, with the noise resized to each, rounded, and cut to its limit as
a PNG holds it. *Changed* is the share of the photos in which a network reads something else than in the original
handled the same way; *top-1* is the share in which it reads what is there.
"""
_METHODS = """\
## Does it work, also after scaling and cropping?

The paper's method is UAP (Moosavi-Dezfooli et al. 2017, Algorithm 1, from DeepFool). In Liu and Zhao 2018 a further
scale and crop moved the top-1 of photos with such noise from 46.4 to 41.9 %. Here: short edge 256, of that the centre
of 224 pixels, beside what that does to the original. All read by lite0.

UAP is to go on until it fools 80 % of its own photos; with DeepFool's small steps, photo by photo, that takes many
passes. How many it was given, and how far it came, stands in the last table: where that is far from 80 %, these rows
tell what it reaches at several times the cost of ours, not what it reaches in the end.
"""
_CARRY = """
## To which networks does it carry?

Answers changed, as saved. MobileNetV1, DeiT-tiny and SqueezeNet had no part in any noise.
"""
_HOW_MANY = """
## How many photos does it take?

10 levels, read by lite0. Every noise took the same 200 steps of ten photos, so that few photos came often and many
seldom.
"""
_HOW_LARGE = """
## How large must it be?

Read by lite0. *Trained*: one more pass over the photos at this limit, from the noise at 10 levels. *Scaled*: the noise
at 10 levels, laid on at this limit (`--epsilon`).
"""

_SEEN = """
## What can be seen

The noise is a pattern of fine swirls. At 10 levels people see it on smooth surfaces such as sky, water and skin, at 8
too if they look for it; on grass, stone and fur hardly. Networks of another kind (DeiT-tiny) mostly see through it.
"""


def write(record: Record, page: Path) -> None:
    """The page, and its plots beside it."""
    photos = {number: _changed(record, name) for name, number in PHOTOS.items()}
    trained = {limit: _changed(record, name) for name, limit in LIMITS.items()}
    scaled = {limit: _changed(record, name) for name, limit in SCALED.items()}
    plots = {}
    if any(share is not None for share in photos.values()):
        plots["universal-photos.png"] = lines(
            list(photos),
            {"ours": list(photos.values())},
            xlabel="photos trained on",
            ylabel="answers changed",
            percent=True,
        )
    if any(share is not None for share in (*trained.values(), *scaled.values())):
        series = {
            "ours, trained at the limit": list(trained.values()),
            "the noise at 10, scaled": list(scaled.values()),
        }
        plots["universal-limits.png"] = lines(
            list(trained), series, xlabel="limit in levels", ylabel="answers changed", percent=True
        )
    page.parent.mkdir(parents=True, exist_ok=True)
    for name, data in plots.items():
        (page.parent / name).write_bytes(data)
    page.write_text("\n".join(_parts(record, photos, trained, scaled, plots)) + "\n", "utf-8")


def _parts(
    record: Record,
    photos: Mapping[int, float | None],
    trained: Mapping[int, float | None],
    scaled: Mapping[int, float | None],
    plots: Mapping[str, bytes],
) -> Iterable[str]:
    count = len(record.get("labels", ()))
    yield _OPENING.format(trained_on=_trained_on(record), count=count)
    yield _METHODS
    header = ("noise", "changed", "top-1", "cropped: changed", "top-1", "JPEG 90: changed", "top-1")
    rows = []
    for name in ("original", *_measured(record)):
        cells = (cell for handling in (SAVED, CROPPED, JPEG) for cell in _cells(record, name, "lite0", handling))
        rows.append((_name(name), *cells))
    yield _table(header, rows)
    yield _CARRY
    yield _table(
        ("noise", *NETWORKS),
        [
            (_name(name), *(_share(_changed(record, name, network)) for network in NETWORKS))
            for name in _measured(record)
        ],
    )
    yield _HOW_MANY
    yield _table(("photos", "changed"), [(f"{number}", _share(share)) for number, share in photos.items()])
    yield _picture("universal-photos.png", "Answers changed against photos trained on", plots)
    yield _HOW_LARGE
    limits = [(f"{limit}", _share(share), _share(scaled[limit])) for limit, share in trained.items()]
    yield _table(("limit", "trained", "scaled"), limits)
    yield _picture("universal-limits.png", "Answers changed against the limit", plots)
    yield _SEEN
    yield "## What they were trained with\n"
    about = ((name, story) for name, story in record["noises"].items() if name in NAMED)
    yield _table(
        ("noise", "networks", "photos", "passes at most", "begins with", "CPU seconds", "fools of its own photos"),
        [
            (
                _name(name),
                ", ".join(json.loads(story["networks"])),
                story["photos"],
                f"{json.loads(story['settings'])['passes']:g}",
                story.get("start", ""),
                story.get("seconds", ""),
                ", ".join(_share(share) for share in json.loads(story["fooled"]).values()),
            )
            for name, story in about
        ],
    )


def _measured(record: Record) -> list[str]:
    """The noises that lite0 at least was shown."""
    return [name for name in NAMED if _changed(record, name) is not None]


def _changed(record: Record, name: str, network: str = "lite0", handling: str = SAVED) -> float | None:
    """The share of answers that differ from those on the originals, handled the same way."""
    answers = record["answers"]
    before, after = (answers.get(f"{what} | {network} | {handling}") for what in ("original", name))
    if before is None or after is None:
        return None
    return sum(one != other for one, other in zip(before, after, strict=True)) / len(before)


def _cells(record: Record, name: str, network: str, handling: str) -> tuple[str, str]:
    after = record["answers"].get(f"{name} | {network} | {handling}")
    right = None if after is None else sum(a == b for a, b in zip(after, record["labels"], strict=True)) / len(after)
    return ("" if name == "original" else _share(_changed(record, name, network, handling))), _share(right)


def _trained_on(record: Record) -> str:
    told = [story["trained_on"] for story in record["noises"].values() if story.get("trained_on")]
    return told[0] if told else "nothing yet"


def _name(name: str) -> str:
    return NAMED.get(name, "none: the original" if name == "original" else name)


def _share(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.1%}".replace("%", " %")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ("---",) * len(header), *rows))


def _picture(name: str, told: str, plots: Mapping[str, bytes]) -> str:
    return f"\n![{told}]({name})" if name in plots else ""
