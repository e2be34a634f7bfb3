"""What a person wants hidden, in words, and the classes of a network that those words mean."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from unseen.errors import UnseenError
from unseen.naming import nearest
from unseen.profiles.groups import PROFILES
from unseen.profiles.meanings import meanings, places

_NEAR = 3
"""Near names that a message tells, where the names of a thousand classes are near each other."""

Known = Mapping[str, tuple[Sequence[str], Sequence[str] | None]]
"""Networks by name: their classes' names, and WordNet's synsets where they are known."""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """One thing to hide: a class such as "tabby", or a group of classes such as "cat".

    Attributes:
        name: as it was written.
        source: where it was written, for messages.
    """

    name: str
    source: str


def hidden_names(text: str, source: str = "--hide") -> tuple[Secret, ...]:
    """The names in `dog,bedroom`.

    Raises:
        UnseenError: there is none.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UnseenError(f"{source} names nothing to hide; give names joined by commas, such as dog,bedroom")
    return tuple(Secret(name=name, source=source) for name in names)


def read_profile(profile: str) -> tuple[Secret, ...]:
    """The names in a text file, one a line, from `#` on a remark; or those of one of `PROFILES`.

    Raises:
        UnseenError: neither such a file nor such a profile, no text, or nothing named in it.
    """
    if profile in PROFILES:
        return tuple(Secret(name=name, source=f"profile {profile}") for name in PROFILES[profile].classes)
    try:
        lines = Path(profile).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError as error:
        known = f"write one with a name a line, or name a profile that comes with unseen: {', '.join(PROFILES)}"
        raise UnseenError(f"{profile}: there is no such profile file; {known}") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UnseenError(f"{profile}: cannot be read ({why}); give a text file with a name a line") from error
    numbered = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    secrets = tuple(Secret(name=name, source=f"{profile}, line {number}") for number, name in numbered if name)
    if not secrets:
        raise UnseenError(f"{profile}: names nothing to hide; write a name a line, such as dog")
    return secrets


@lru_cache(maxsize=4096)
def classes_meant(name: str, class_names: tuple[str, ...], synsets: tuple[str, ...] | None = None) -> tuple[int, ...]:
    """The classes of a network that a name means, in rising order; none where the network does not know it.

    Case and underscores do not matter. A name means the classes that are called so ("tabby", a synset, "church" of
    "church/indoor") and those whose meaning, from `meanings`, is called so ("cat"). A word of a meaning of several,
    such as "fox" of "wolf, fox or wild dog", means all of it, unless a class is called so.
    """
    wanted, own = _plain(name), meanings(class_names, synsets) or ()
    called = [index for index, each in enumerate(class_names) if wanted in _spellings(each)]
    called += [index for index, synset in enumerate(synsets or ()) if synset == wanted]
    called += [index for index, meaning in enumerate(own) if meaning.casefold() == wanted]
    return tuple(sorted(set(called) or {index for index, meaning in enumerate(own) if wanted in _words(meaning)}))


def check_known(secrets: Iterable[Secret], surrogates: Known, held_out: Known) -> None:
    """Refuse names that no network of a protection knows, or none that it is made against.

    Raises:
        UnseenError: the first such name, where it was written, and a remedy.
    """
    for secret in secrets:
        if _knowing(secret.name, surrogates):
            continue
        judges = _knowing(secret.name, held_out)
        if judges:
            remedy = f"give --model {judges[0]} to protect against it"
            raise UnseenError(f"{secret.source}: only networks that judge know {secret.name!r}; {remedy}")
        every = {**surrogates, **held_out}
        problem = f"{secret.source}: no network here knows {secret.name!r} ({', '.join(every)})"
        if classes_meant(secret.name, places()):
            remedy = "it is a scene of Places365; add a network that knows scenes, such as --model places:resnet50"
            raise UnseenError(f"{problem}; {remedy}")
        names = {word for network in every.values() for word in _vocabulary(*network)}
        raise UnseenError(f"{problem}; {nearest(_plain(secret.name), names, count=_NEAR)}")


def _knowing(name: str, networks: Known) -> list[str]:
    return [
        network
        for network, (class_names, synsets) in networks.items()
        if classes_meant(name, tuple(class_names), tuple(synsets) if synsets else None)
    ]


def _vocabulary(class_names: Sequence[str], synsets: Sequence[str] | None) -> Iterator[str]:
    """All that could be asked of a network, but for synsets, which nobody misspells."""
    for name in class_names:
        yield from _spellings(name)
    for meaning in meanings(class_names, synsets) or ():
        yield meaning
        yield from _words(meaning)


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


@cache
def _spellings(class_name: str) -> frozenset[str]:
    """What people may call a class: each of its names, and a place without "indoor" and "outdoor"."""
    names = (class_name, *class_name.split(","), class_name.partition("/")[0])
    return frozenset(_plain(name) for name in names)


@cache
def _words(meaning: str) -> frozenset[str]:
    """The parts of "wolf, fox or wild dog"."""
    return frozenset(_plain(word) for word in re.split(", | or ", meaning))
