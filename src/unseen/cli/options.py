"""Options that verbs share, and the flags that the schemes' settings become."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from unseen.catalogue import (
    DEFAULT_AUDIT_MODELS,
    DEFAULT_MODELS,
    DEFAULT_SCHEME,
    DEFAULT_STRENGTH,
    STRENGTHS,
    WAYS,
    scheme_parts,
    setting_type,
)
from unseen.describing import setting_help, users_of_settings
from unseen.errors import UnseenError
from unseen.naming import parse_name
from unseen.profiles import PROFILES, Secret, hidden_names, read_profile
from unseen.report.words import listed
from unseen.styles.named import PREFIX

Command = Callable[..., Any]


def device_option(command: Command) -> Command:
    """Where networks are computed."""
    choices = click.Choice(["auto", "cpu", "cuda"])
    return click.option("--device", type=choices, default="auto", show_default=True, help="Where networks compute.")(
        command
    )


def models_option(told: str) -> Callable[[Command], Command]:
    """Whom the protection is made against.

    Args:
        told: what the networks are to this verb.
    """
    return click.option("--model", "models", multiple=True, default=DEFAULT_MODELS, show_default=True, help=told)


def audit_models_option(command: Command) -> Command:
    """Who judges the copies."""
    return click.option(
        "--audit-model",
        "audit_models",
        multiple=True,
        default=DEFAULT_AUDIT_MODELS,
        show_default=True,
        help="Network that only judges; '' for none.",
    )(command)


def scheme_option(command: Command) -> Command:
    """Which scheme protects."""
    told = "How to protect; 'unseen schemes' lists the ways; crop+enhance+uniform is one after the other."
    return click.option("--scheme", default=DEFAULT_SCHEME, show_default=True, help=told)(command)


def mnist_option(command: Command) -> Command:
    """Where the handwritten digits are."""
    told = "Folder with MNIST's four IDX files, gzip or not.  [default: downloaded once, 12 MB]"
    return click.option("--data", type=click.Path(path_type=Path), metavar="FOLDER", help=told)(command)


def lab_folder_option(default: str, holds: str = "the report") -> Callable[[Command], Command]:
    """Where a lab works."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="FOLDER",
        default=Path(default),
        show_default=True,
        help=f"Where {holds} goes, and finished work, so that an interrupted run resumes.",
    )


def labels_option(command: Command) -> Command:
    """What is in the photos."""
    told = "What is in the photos: a table with the columns file (seen from the table) and label (name, synset, index)."
    return click.option("--labels", type=click.Path(path_type=Path), metavar="CSV", help=told)(command)


def require_labelled(labels: Path | None, found: Iterable[str | None]) -> None:
    """Refuse a table of labels that was given and tells of none of the photos.

    Args:
        found: the label of each photo; None where the table has none.

    Raises:
        UnseenError: such a table.
    """
    if labels and not any(found):
        raise UnseenError(f"{labels}: names none of these photos; its column file is seen from the folder it is in")


def hiding_options(command: Command) -> Command:
    """What is to be hidden, where not all is; `given_secrets` reads the two."""
    told = "Hide only these: classes or groups of them, such as dog,bedroom; photos without any are left untouched."
    named = click.option("--hide", "hide", multiple=True, metavar="NAMES", help=told)
    told = f"The same from a text file with a name a line, # before remarks; or one of {', '.join(PROFILES)}."
    return named(click.option("--profile", "profiles", multiple=True, metavar="FILE", help=told)(command))


def given_secrets(hide: tuple[str, ...], profiles: tuple[str, ...]) -> tuple[Secret, ...]:
    """What is to be hidden; nothing where neither was given.

    Raises:
        UnseenError: names nothing, or a profile that cannot be read.
    """
    named = [secret for text in hide for secret in hidden_names(text)]
    return (*named, *(secret for profile in profiles for secret in read_profile(profile)))


def limit_options(command: Command) -> Command:
    """How much a photo may change, in words or in levels; `given_limit` reads the two."""
    levels = [f"{level:g}" for level in STRENGTHS.values()]
    told = f"at most {', '.join(levels[:-1])} or {levels[-1]} levels of 255.  [default: {DEFAULT_STRENGTH}]"
    strength = click.option(
        "--strength", type=click.Choice(list(STRENGTHS)), help=f"How much a photo may change: {told}"
    )
    epsilon = click.option("--epsilon", type=float, metavar="LEVELS", help="The same as a number of 8-bit levels.")
    return strength(epsilon(command))


def given_limit(strength: str | None, epsilon: float | None) -> dict[str, float]:
    """The limit as a scheme's setting; nothing where neither was given.

    Raises:
        click.UsageError: both were.
    """
    if strength is not None and epsilon is not None:
        raise click.UsageError("--strength and --epsilon say the same; give one of them")
    if strength is not None:
        return {"epsilon": STRENGTHS[strength]}
    return {} if epsilon is None else {"epsilon": epsilon}


def scheme_options(command: Command) -> Command:
    """One flag for every setting of every scheme, but for the limit, which all share as --epsilon."""
    for name, users in reversed(users_of_settings().items()):
        kind = setting_type(users[0], name)
        command = click.option(flag(name), name, type=kind, default=None, help=setting_help(name, users))(command)
    return command


def given_settings(scheme: str, values: dict[str, Any]) -> dict[str, Any]:
    """The settings of a scheme, `name` or `name?setting=value` or several joined by `+`, that were given as flags.

    Raises:
        click.UsageError: a flag that none of these schemes has.
    """
    names = [parse_name(part)[0] for part in scheme_parts(scheme)]
    given = {setting: value for setting, value in values.items() if value is not None}
    for setting in given:
        users = users_of_settings()[setting]
        if all(name in WAYS or name.startswith(PREFIX) for name in names) and not set(names) & set(users):
            raise click.UsageError(f"{flag(setting)} is for {listed(users)}, not for --scheme {'+'.join(names)}")
    return given


def flag(setting: str) -> str:
    """A setting's name on the command line."""
    return f"--{setting.replace('_', '-')}"
