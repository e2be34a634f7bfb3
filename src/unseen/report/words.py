"""Numbers and verdicts in words that need no knowledge of adversarial examples."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType
from typing import Any, Literal

from unseen.report.layout import Answer, Change, HiddenReading, ModelReading, PhotoRow, Report

Verdict = Literal["hidden", "close", "recognised", "unknown", "blind"]

VERDICTS: dict[Verdict, str] = {
    "hidden": "hidden",
    "close": "hidden, but among its guesses",
    "recognised": "still recognised",
    "unknown": "not recognised before either",
    "blind": "knows no such thing",
}
_ROLES = {"surrogate": "used to make the protection", "held-out": "not used to make the protection"}
ROLES_IN_UNTOUCHED = {"surrogate": "decides whether a photo is left untouched", "held-out": "only looks on"}
_ROLES_OF_PICTURES = {"surrogate": "decides whether it counts as protected", "held-out": "only looks on"}
STATUSES = {
    "protected": "Protected",
    "not_achieved": "Not achieved",
    "untouched": "Left untouched",
    "failed": "Failed",
}
NONE = "–"
"""Where there is no number."""
_NAMED = 6
"""Things to be hidden that a sentence lists."""
UNSURE = 0.1
"""Probability under which a network's first guess is called unsure."""


def verdict(model: ModelReading, settings: Mapping[str, Any] = MappingProxyType({})) -> Verdict:
    """Whether the network still gives the reference, or of a named thing whether it still tells of it."""
    if "hide" in settings:
        return _verdict_on(model.hidden, model.after.top5)
    if _first(model.before.top5) != model.reference:
        return "unknown"
    if _first(model.after.top5) == model.reference:
        return "recognised"
    return "close" if model.reference in {answer.label for answer in model.after.top5} else "hidden"


def _verdict_on(hidden: HiddenReading | None, guesses: tuple[Answer, ...]) -> Verdict:
    if hidden is None:
        return "blind"
    if hidden.revealed_after:
        return "recognised"
    if not hidden.revealed_before:
        return "unknown"
    return "close" if {guess.label for guess in guesses} & {*hidden.labels} else "hidden"


def chances(model: ModelReading, settings: Mapping[str, Any]) -> tuple[float, float] | None:
    """What a network is judged by, before and now: the chance of the reference, or of all that is to be hidden.

    None where it knows nothing of that.
    """
    if "hide" not in settings:
        return model.before.icp, model.after.icp
    return None if model.hidden is None else (model.hidden.before, model.hidden.after)


def untouched_in_words(count: int, settings: Mapping[str, Any]) -> str:
    """Why so many photos have no copy: the rule, with its number."""
    things = hidden_things(settings)
    return (
        f"{counted(count, 'photo')} left untouched, without a copy: no network used sees {things} there, "
        f"as its first guess or with {percent(settings['revealed_at'])} or more for all its classes together."
    )


def seen_in_words(hidden: HiddenReading | None) -> str:
    """Whether a network sees what is to be hidden in a photo that was left untouched."""
    return VERDICTS["blind"] if hidden is None else "sees it" if hidden.revealed_before else "does not see it"


def measured(settings: Mapping[str, Any]) -> str:
    """What that is the chance of."""
    return f"“{hidden_things(settings)}”" if "hide" in settings else "the true answer"


def hidden_things(settings: Mapping[str, Any]) -> str:
    """What is to be hidden, where it is named: "dog or bedroom", of many "dog, bedroom, … or 58 more"."""
    names = [str(name) for name in settings["hide"]]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return _listed(names, "or")


def meant_in_words(report: Report) -> tuple[str, ...]:
    """What each name to be hidden means to a network that knows it: "dog: 118 classes of lite0"."""
    found = {
        group.name: f"{group.name}: {group.classes} {'class' if group.classes == 1 else 'classes'} of {model.name}"
        for row in reversed(report.photos)
        for model in reversed(row.models)
        for group in (model.hidden.groups if model.hidden else ())
    }
    return tuple(sorted(found.values()))


def percent(probability: float | None) -> str:
    """A probability for people: as many digits as mean something, and never a false 0 % or 100 %."""
    if probability is None or not math.isfinite(probability):
        return "not defined"
    if probability < 1e-4:
        return "less than 0.01\N{NO-BREAK SPACE}%"
    if probability > 1 - 1e-4:
        return "more than 99.99\N{NO-BREAK SPACE}%"
    digits = 2 if probability < 0.01 or probability > 0.999 else 1
    return f"{100 * probability:.{digits}f}\N{NO-BREAK SPACE}%"


def share(value: float | None) -> str:
    """A share for people: whole percents, and never a false 0 or 100."""
    if value is None:
        return NONE
    if 0 < value < 0.005 or 0.995 < value < 1:
        return "<1\N{NO-BREAK SPACE}%" if value < 0.5 else ">99\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def decimal(value: float | None, digits: int = 2) -> str:
    """A number with a fixed count of digits; in words where it is none."""
    return "not defined" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def printable(text: str) -> str:
    """The text without what a terminal or a page cannot show, such as the undecodable bytes of a file name."""
    return "".join("?" if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in text)


def counted(number: int, noun: str) -> str:
    """A number of things: "1 photo", "2 photos"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def setting_in_words(value: object) -> str:
    """A setting as people write it."""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(setting_in_words, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


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
        return f"{_capitalised(_judges(settings))} {_no_longer(settings)}."
    known = [
        model.name for model in row.models if model.role == "surrogate" and verdict(model, settings) == "recognised"
    ]
    if not known:
        return "The networks changed their answer, but less surely than was asked."
    return f"Still recognised by {_listed(known)}."


def _why_untouched(row: PhotoRow, settings: Mapping[str, Any]) -> str:
    seen = [
        f"{model.name} {percent(model.hidden.before)}"
        for model in row.models
        if model.role == "surrogate" and model.hidden
    ]
    why = f"No {hidden_things(settings)} is seen here ({_listed(seen)})"
    return f"{why}, so the photo was left as it is: no copy was made."


def _no_longer(settings: Mapping[str, Any]) -> str:
    """What became of the networks' answers in a protected photo."""
    if "hide" not in settings:
        return "no longer give the true answer first"
    return f"no longer see any {hidden_things(settings)}"


def remedy(settings: Mapping[str, Any]) -> str:
    """What may help where a protection with these settings fell short."""
    if is_picture_alone(settings):
        return "Such a picture alone is aimed at no network: add a scheme that is, as in crop+away."
    known = {*settings, *(key for part in settings.get("schemes", ()) for key in part)}
    if "epsilon" in known:
        return "Try a higher strength or another scheme."
    if "overshoot" in known:
        return "Try a larger overshoot or another scheme."
    return "Try noise after it, as in enhance+uniform." if "tone" in known else "Try another scheme."


def is_picture_alone(settings: Mapping[str, Any]) -> bool:
    """Whether the protection is another picture, such as a crop, and no noise: then no network was used to make it."""
    return bool(settings.get("picture_only"))


def roles_in_words(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """What each role of a network is."""
    return _ROLES_OF_PICTURES if is_picture_alone(settings) else _ROLES


def parts_in_words(parts: Sequence[Mapping[str, Any]]) -> str:
    """Pictures or schemes of a chain with their settings, one after the other."""
    return ", then ".join(_part_in_words(part) for part in parts) or "none"


def _part_in_words(part: Mapping[str, Any]) -> str:
    name, *rest = _settings_within(part)
    told = [f"{key.replace('_', ' ')} {_plain(value)}" for key, value in rest if value is not None]
    return f"{name[1]} ({', '.join(told)})" if told else name[1]


def _settings_within(part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The name of a part, its settings, and those of what it is made of; a style has its own name."""
    style = part.get("style", {})
    spec = style.get("spec", {})
    yield "scheme", str(spec["name"]).partition("?")[0] if spec else str(part["scheme"]).lower()
    for source in (part, style, spec):
        yield from ((key, value) for key, value in source.items() if key not in {"scheme", "style", "spec", "name"})


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def summary(report: Report) -> tuple[str, str, str]:
    """What was gained, how far it carries, and what it does not do: three sentences."""
    return _outcome(report), _gain(report), LIMITS


LIMITS = (
    "This makes automatic reading in bulk harder for networks like those named here, today; it does not stop people, "
    "someone who aims at this very photo, other or later systems, or anyone who holds the original."
)


def _outcome(report: Report) -> str:
    photos = report.photos
    protected = sum(row.status == "protected" for row in photos)
    untouched = sum(row.status == "untouched" for row in photos)
    failed = sum(row.status == "failed" for row in photos)
    if len(photos) == 1 and untouched:
        return f"The photo is left untouched: no {hidden_things(report.settings)} is seen in it."
    if len(photos) == 1:
        opening = "The photo is protected" if protected else "The photo is not protected"
    else:
        opening = f"{protected or 'None'} of {len(photos)} photos {'is' if protected == 1 else 'are'} protected"
    if protected:
        opening += f": {_judges(report.settings)} {_no_longer(report.settings)}, in the files as written"
    if untouched:
        opening += (
            f"; {untouched} {'was' if untouched == 1 else 'were'} left untouched, for nothing of it is seen there"
        )
    return opening + (f"; {failed} could not be processed." if failed else ".")


def _gain(report: Report) -> str:
    used, others = (_mean_chances(report, role) for role in ("surrogate", "held-out"))
    if not used:
        every_untouched = all(row.status == "untouched" for row in report.photos)
        return "Nothing was changed." if every_untouched else "No network was asked what it sees."
    sentence = f"On average, {_judges(report.settings)} gave {measured(report.settings)} a chance of {used}"
    if not others:
        return f"{sentence}; no other network was asked, so how far this carries is not known."
    return f"{sentence}; other networks, {_others_part(report.settings)}, {others}."


def _judges(settings: Mapping[str, Any]) -> str:
    """Those networks that decide whether a photo is protected."""
    return "the networks that judge it" if is_picture_alone(settings) else "the networks used to make the protection"


def _others_part(settings: Mapping[str, Any]) -> str:
    return "which only look on" if is_picture_alone(settings) else "which had no part in it"


def _mean_chances(report: Report, role: str) -> str:
    """The mean of `chances` before and after, where a copy was made; empty where there is no reading."""
    readings = [
        found
        for row in report.photos
        if row.status != "untouched"
        for model in row.models
        if model.role == role and (found := chances(model, report.settings))
    ]
    if not readings:
        return ""
    before, after = (fmean(values) for values in zip(*readings, strict=True))
    return f"{percent(before)} before and {percent(after)} now"


def _first(top: tuple[Answer, ...]) -> str | None:
    return top[0].label if top else None


def _listed(names: list[str], last: str = "and") -> str:
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
