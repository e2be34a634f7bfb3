"""What schemes and their settings are, in words: for flags, lists, and parameters of the web."""

import inspect

from unseen.catalogue import WAYS, in_levels, scheme_settings
from unseen.report.words import listed


def about(kind: type) -> str:
    """The first sentence of what a scheme says about itself."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def users_of_settings() -> dict[str, list[str]]:
    """Setting -> the schemes that have it, but for the limit and the lanes, which are asked for in other ways."""
    found: dict[str, list[str]] = {}
    for scheme in WAYS:
        for field in scheme_settings(scheme):
            if field.name not in ("epsilon", "lanes"):
                found.setdefault(field.name, []).append(scheme)
    return found


def setting_help(name: str, users: list[str]) -> str:
    """What a setting means and does by default, for each scheme that has it; what they share is said once."""
    meanings: dict[str, list[str]] = {}
    defaults: dict[str, list[str]] = {}
    for scheme in users:
        field = next(field for field in scheme_settings(scheme) if field.name == name)
        meaning = field.metadata["meaning"] + (", in levels" if field.metadata["levels"] else "")
        meanings.setdefault(meaning, []).append(scheme)
        defaults.setdefault(str(in_levels(field)), []).append(scheme)
    told = "; ".join(f"{meaning} ({', '.join(schemes)})" for meaning, schemes in meanings.items())
    told = told[0].upper() + told[1:] + "."
    if list(defaults) == ["None"]:
        return told
    common, *others = defaults.items()
    values = [common[0], *(f"{value} for {listed(schemes)}" for value, schemes in others)]
    return f"{told}  [default: {', '.join(values)}]"
