"""What the settings of a run mean to those who read its report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unseen.report.words import listed

_ROLES = {"surrogate": "used to make the protection", "held-out": "not used to make the protection"}
_ROLES_OF_PICTURES = {"surrogate": "decides whether it counts as protected", "held-out": "only looks on"}
ROLES_IN_UNTOUCHED = {"surrogate": "decides whether a photo is left untouched", "held-out": "only looks on"}
_NAMED = 6
"""Things to be hidden that a sentence lists."""


def is_picture_alone(settings: Mapping[str, Any]) -> bool:
    """Whether the protection is another picture, such as a crop, and no noise: then no network was used to make it."""
    return bool(settings.get("picture_only"))


def roles_in_words(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """What each role of a network is."""
    return _ROLES_OF_PICTURES if is_picture_alone(settings) else _ROLES


def judges(settings: Mapping[str, Any]) -> str:
    """Those networks that decide whether a photo is protected."""
    return "the networks that judge it" if is_picture_alone(settings) else "the networks used to make the protection"


def others_part(settings: Mapping[str, Any]) -> str:
    """What the networks do that are no judges."""
    return "which only look on" if is_picture_alone(settings) else "which had no part in it"


def hidden_things(settings: Mapping[str, Any]) -> str:
    """What is to be hidden, where it is named: "dog or bedroom", of many "dog, bedroom, … or 58 more"."""
    names = [str(name) for name in settings["hide"]]
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return listed(names, "or")


def measured(settings: Mapping[str, Any]) -> str:
    """What the chance is of that a network is judged by."""
    return f"“{hidden_things(settings)}”" if "hide" in settings else "the true answer"


def no_longer(settings: Mapping[str, Any]) -> str:
    """What became of the networks' answers in a protected photo."""
    if "hide" not in settings:
        return "no longer give the true answer first"
    return f"no longer see any {hidden_things(settings)}"


def remedy(settings: Mapping[str, Any]) -> str:
    """What may help where a protection with these settings fell short."""
    if is_picture_alone(settings):
        return "Such a picture alone is aimed at no network: add a scheme that is, as in crop+shield."
    known = {*settings, *(key for part in settings.get("schemes", ()) for key in part)}
    if "epsilon" in known:
        return "Try a higher strength or another scheme."
    if "overshoot" in known:
        return "Try a larger overshoot or another scheme."
    return "Try noise after it, as in enhance+uniform." if "tone" in known else "Try another scheme."


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
