"""Which copy belongs to which original: files are paired as given, folders by the names in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from unseen.address import resolved
from unseen.errors import UnseenError
from unseen.looking import is_there
from unseen.plan import BESIDE, photos_in
from unseen.report.words import counted

_NAMED = 3
"""Files that a message names; of more it tells how many."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A photo and its protected copies.

    Attributes:
        original: as it was named.
        copies: the one that is audited first; further ones were made of the same photo with other seeds.
        label: what the user says is in the photo; None leaves it to each network.
    """

    original: Path
    copies: tuple[Path, ...]
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class Paired:
    """The pairs, and one line on each kind of thing that has no counterpart."""

    pairs: tuple[Pair, ...]
    problems: tuple[str, ...] = ()


def paired(
    original: Path, protected: Path, *, further: Sequence[Path] = (), labels: Mapping[PurePath, str] | None = None
) -> Paired:
    """The pairs of two files, or of two folders that mirror each other.

    A copy has its original's name, with `-unseen` behind it or not, and any photo's suffix. The two folders may be one.

    Args:
        original: a photo or a folder of them.
        protected: its copy or the folder of the copies; the folder's copy of a photo is found as well.
        further: the same of more copies, made with other seeds.
        labels: resolved path of an original -> what is in it.

    Raises:
        UnseenError: a folder and a file, a folder that cannot be read, or not one pair.
    """
    labels = labels or {}
    found, problems = _matched(original, protected)
    pairs = {one: Pair(original=one, copies=(copy,), label=labels.get(resolved(one))) for one, copy in found.items()}
    for place in further:
        more, missing = _matched(original, place)
        problems += missing
        for one, copy in more.items():
            if one in pairs and copy not in pairs[one].copies:
                pairs[one] = replace(pairs[one], copies=(*pairs[one].copies, copy))
    if not pairs:
        raise UnseenError("; ".join(problems) or f"{protected}: no copy of {original} is there; name two files")
    return Paired(pairs=tuple(pairs.values()), problems=(*problems, *_absent(labels)))


def _matched(original: Path, protected: Path) -> tuple[dict[Path, Path], list[str]]:
    """Original -> copy, in order of the names, and what is left over, in words."""
    if not original.is_dir() and not protected.is_dir():
        return {original: protected}, []
    if original.is_dir() and not protected.is_dir():
        kind = "a file" if protected.exists() else "not there"
        raise UnseenError(f"{original} is a folder, but {protected} is {kind}; give two files or two folders")
    if not original.is_dir():
        names, root = [Path(original.name)], original.parent
    else:
        root = original
        names = [path.relative_to(root) for path in photos_in(root, apart=protected, copies=False)]
    is_one = resolved(protected) in (resolved(original), resolved(root))
    copies = [path.relative_to(protected) for path in photos_in(protected, apart=original, copies=True)]
    free = dict.fromkeys(copy for copy in copies if not is_one or copy.stem.endswith(BESIDE))
    found, unclear = _by_name(names, free)
    problems = [
        f"{root / name}: several copies have its name ({_some(fits)}); name two files" for name, fits in unclear
    ]
    without = [name for name in names if name not in found and name not in dict(unclear)]
    if without:
        of = f"{len(without)} of {counted(len(names), 'original')}"
        problems.append(f"{protected}: has no copy of {of} ({_some(without)}); what is not there is not audited")
    alone = [copy for copy in free if all(copy not in fits for _, fits in unclear)]
    if original.is_dir() and alone:
        noun = "copy" if len(alone) == 1 else "copies"
        problems.append(f"{original}: has no original of {len(alone)} {noun} ({_some(alone)})")
    return {root / name: protected / found[name] for name in names if name in found}, problems


def _by_name(names: Sequence[Path], free: dict[Path, None]) -> tuple[dict[Path, Path], list[tuple[Path, list[Path]]]]:
    """Name -> its copy, which is taken out of `free`, the likest names first; and names that several copies have."""
    found: dict[Path, Path] = {}
    unclear: list[tuple[Path, list[Path]]] = []
    for ending in ("", BESIDE):
        for name in names:
            copy = name.with_name(f"{name.stem}{ending}{name.suffix}")
            if name not in found and copy in free:
                found[name] = copy
                del free[copy]
    by_stem: dict[Path, list[Path]] = {}
    for copy in free:
        by_stem.setdefault(copy.with_name(copy.stem.removesuffix(BESIDE)), []).append(copy)
    for name in names:
        fits = [copy for copy in by_stem.get(name.with_suffix(""), ()) if copy in free] if name not in found else []
        if len(fits) == 1:
            found[name] = fits[0]
            del free[fits[0]]
        elif fits:
            unclear.append((name, fits))
    return found, unclear


def _absent(labels: Mapping[PurePath, str]) -> list[str]:
    absent = [path.name for path in labels if not is_there(path)]
    verb = "is" if len(absent) == 1 else "are"
    return [f"labels are for {counted(len(absent), 'photo')} that {verb} not there ({_some(absent)})"] if absent else []


def _some(things: Iterable[object]) -> str:
    listed = [str(thing) for thing in things]
    return ", ".join(listed[:_NAMED]) + (", …" if len(listed) > _NAMED else "")
