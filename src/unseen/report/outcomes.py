"""What became of photos, one and all together, in sentences that need no knowledge of adversarial examples."""

import math
from collections.abc import Mapping
from typing import Any

from unseen.report.layout import Change, PhotoRow
from unseen.report.settings import hidden_things, judges, measured, no_longer, others_part, remedy
from unseen.report.totals import Mean, Totals
from unseen.report.verdicts import verdict
from unseen.report.words import counted, decimal, listed, percent

STATUSES = {
    "protected": "Protected",
    "not_achieved": "Not achieved",
    "untouched": "Left untouched",
    "failed": "Failed",
}
LIMITS = (
    "This makes automatic reading in bulk harder for networks like those named here, today; it does not stop people, "
    "someone who aims at this very photo, other or later systems, or anyone who holds the original."
)


def summary(totals: Totals) -> tuple[str, str, str]:
    """What was gained, how far it carries, and what it does not do: three sentences."""
    return _outcome(totals), _gain(totals), LIMITS


def _outcome(totals: Totals) -> str:
    photos, settings = totals.photos, totals.settings
    protected, untouched, failed = (totals.statuses[status] for status in ("protected", "untouched", "failed"))
    if photos == 1 and untouched:
        return f"The photo is left untouched: no {hidden_things(settings)} is seen in it."
    if photos == 1:
        opening = "The photo is protected" if protected else "The photo is not protected"
    else:
        opening = f"{protected or 'None'} of {photos} photos {'is' if protected == 1 else 'are'} protected"
    if protected:
        opening += f": {judges(settings)} {no_longer(settings)}, in the files as written"
    if untouched:
        opening += (
            f"; {untouched} {'was' if untouched == 1 else 'were'} left untouched, for nothing of it is seen there"
        )
    return opening + (f"; {failed} could not be processed." if failed else ".")


def _gain(totals: Totals) -> str:
    used, others = (_mean_chances(totals.chances[role]) for role in ("surrogate", "held-out"))
    settings = totals.settings
    if not used:
        every_untouched = totals.photos == totals.statuses["untouched"]
        return "Nothing was changed." if every_untouched else "No network was asked what it sees."
    sentence = f"On average, {judges(settings)} gave {measured(settings)} a chance of {used}"
    if not others:
        return f"{sentence}; no other network was asked, so how far this carries is not known."
    return f"{sentence}; other networks, {others_part(settings)}, {others}."


def _mean_chances(mean: Mean) -> str:
    """What it was before and after; empty where there is no reading."""
    if not mean.count:
        return ""
    return f"{percent(mean.before / mean.count)} before and {percent(mean.after / mean.count)} now"


def status_in_words(row: PhotoRow, settings: Mapping[str, Any]) -> str:
    """One or two sentences on how the photo fared, with the remedy where something is missing."""
    outcome = outcome_in_words(row, settings)
    return f"{outcome} {remedy(settings)}" if row.status == "not_achieved" else outcome


def outcome_in_words(row: PhotoRow, settings: Mapping[str, Any]) -> str:
    """The same without a remedy."""
    if row.status == "failed":
        return row.error or "The photo could not be processed."
    if row.status == "untouched":
        return _why_untouched(row, settings)
    if row.status == "protected":
        return f"{_capitalised(judges(settings))} {no_longer(settings)}."
    known = [
        model.name for model in row.models if model.role == "surrogate" and verdict(model, settings) == "recognised"
    ]
    if not known:
        return "The networks changed their answer, but less surely than was asked."
    return f"Still recognised by {listed(known)}."


def _why_untouched(row: PhotoRow, settings: Mapping[str, Any]) -> str:
    seen = [
        f"{model.name} {percent(model.hidden.before)}"
        for model in row.models
        if model.role == "surrogate" and model.hidden
    ]
    why = f"No {hidden_things(settings)} is seen here ({listed(seen)})"
    return f"{why}, so the photo was left as it is: no copy was made."


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def untouched_in_words(count: int, settings: Mapping[str, Any]) -> str:
    """Why so many photos have no copy: the rule, with its number."""
    things = hidden_things(settings)
    return (
        f"{counted(count, 'photo')} left untouched, without a copy: no network used sees {things} there, "
        f"as its first guess or with {percent(settings['revealed_at'])} or more for all its classes together."
    )


def meant_in_words(totals: Totals) -> tuple[str, ...]:
    """What each name to be hidden means to a network that knows it: "dog: 118 classes of lite0"."""
    return tuple(
        f"{name}: {classes} {'class' if classes == 1 else 'classes'} of {network}"
        for name, (classes, network) in sorted(totals.meant.items())
    )


def size_in_words(change: Change) -> str:
    """The size of a change in a word or two.

    The limits are the lowest PSNR that changes of at most 2, 4 and 8 levels come to.
    """
    if change.mean_abs == 0:
        return "none"
    if change.psnr is None or not math.isfinite(change.psnr):
        return "another size"
    if change.psnr >= 42:
        return "very small"
    if change.psnr >= 36:
        return "small"
    return "moderate" if change.psnr >= 30 else "large"


def change_in_words(change: Change) -> str:
    """One or two sentences on what happened to the picture."""
    size = size_in_words(change)
    looks = {
        "very small": "usually invisible",
        "small": "hard to see at normal size",
        "moderate": "it may be seen in smooth areas such as sky or skin",
        "large": "it can be seen",
    }
    if size == "none":
        return "The picture is unchanged."
    if size == "another size":
        return "The picture has another size than the original, so the two cannot be compared pixel by pixel."
    return (
        f"The change is {size}: {looks[size]}. A colour value, which runs from 0 to 255, moved by "
        f"{decimal(change.mean_abs_levels, 1)} on average and by {decimal(change.max_abs_levels, 0)} at most."
    )
