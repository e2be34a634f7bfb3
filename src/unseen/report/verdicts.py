"""Whether a network still reads in a copy what it is not to read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from unseen.report.layout import Answer, HiddenReading, ModelReading

Verdict = Literal["hidden", "close", "recognised", "unknown", "blind"]

VERDICTS: dict[Verdict, str] = {
    "hidden": "hidden",
    "close": "hidden, but among its guesses",
    "recognised": "still recognised",
    "unknown": "not recognised before either",
    "blind": "knows no such thing",
}


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


def _first(top: tuple[Answer, ...]) -> str | None:
    return top[0].label if top else None


def chances(model: ModelReading, settings: Mapping[str, Any]) -> tuple[float, float] | None:
    """What a network is judged by, before and now: the chance of the reference, or of all that is to be hidden.

    None where it knows nothing of that.
    """
    if "hide" not in settings:
        return model.before.icp, model.after.icp
    return None if model.hidden is None else (model.hidden.before, model.hidden.after)


def seen_in_words(hidden: HiddenReading | None) -> str:
    """Whether a network sees what is to be hidden in a photo that was left untouched."""
    return VERDICTS["blind"] if hidden is None else "sees it" if hidden.revealed_before else "does not see it"
