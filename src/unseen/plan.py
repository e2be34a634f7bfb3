"""What is to be done: which photos, and where each protected copy goes."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from unseen.address import named, resolved
from unseen.errors import UnseenError
from unseen.looking import is_file, is_folder, is_there
from unseen.photo import PHOTO_SUFFIXES

BESIDE = "-unseen"
"""What a copy's name gets when it is written beside its original."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One photo to protect.

    Attributes:
        source: the original.
        target: the copy, with the original's suffix; the format written may change it.
        label: what the user says is in the photo (class index, name or synset); None leaves it to each network.
    """

    source: PurePath
    target: PurePath
    label: str | None = None


def plan(paths: Iterable[Path], output: Path | None, labels: Mapping[PurePath, str]) -> Iterator[Job]:
    """One job a photo; folders are walked in order of their names and mirrored below `output`.

    Args:
        output: the folder for the copies; None writes each beside its original, with `BESIDE` in its name.
        labels: resolved path -> label, from `read_labels`.

    Raises:
        UnseenError: a folder that cannot be read or holds no photos.
    """
    for path in paths:
        if not is_folder(path):
            yield _job(path, Path(path.name), output, labels)
            continue
        sources = photos_in(path, apart=output, copies=output is not None)
        first = next(sources, None)
        if first is None:
            kinds = ", ".join(sorted(PHOTO_SUFFIXES))
            raise UnseenError(f"{path}: no photos in this folder; name one that holds files such as {kinds}")
        yield _job(first, first.relative_to(path), output, labels)
        for source in sources:
            yield _job(source, source.relative_to(path), output, labels)


def read_labels(path: Path) -> dict[PurePath, str]:
    """Resolved photo path or address -> label, from a CSV with the columns `file` (relative to the CSV) and `label`.

    Of several accepted labels, joined by `;`, the first one is the photo's.

    Raises:
        UnseenError: unreadable, or without these columns.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if not {"file", "label"} <= set(rows.fieldnames or ()):
                raise UnseenError(f"{path}: has no columns 'file' and 'label'; give a CSV that starts with file,label")
            return {
                _labelled(path.parent, row["file"]): row["label"].split(";")[0].strip()
                for row in rows
                if row["file"] and row["label"]
            }
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UnseenError(f"{path}: cannot be read as CSV ({why}); give a CSV that starts with file,label") from error


def labels_among(labels: Mapping[PurePath, str], paths: Iterable[PurePath]) -> list[str]:
    """The labels of those photos that are among the paths or below them; no store is asked, and no tar looked into.

    Args:
        labels: from `read_labels`.
    """
    if not labels:
        return []
    roots = [resolved(path) for path in paths]
    return [
        label for file, label in labels.items() if any(file.is_relative_to(root) for root in roots) and _exists(file)
    ]


def copy_of(source: Path, output: Path | None, relative: Path | None = None) -> Path:
    """Where the copy of a photo goes, as in `plan`; `relative` is its place below `output`, by default its name."""
    if output is None:
        return source.with_name(f"{source.stem}{BESIDE}{source.suffix}")
    return output / (relative or source.name)


def photos_in(folder: Path, *, apart: Path | None, copies: bool) -> Iterator[Path]:
    """Photos below a folder in order of their names, but no hidden ones.

    Args:
        apart: a folder below it that is left out, such as the one where a former run wrote.
        copies: whether those count that are named as copies beside their originals are.

    Raises:
        UnseenError: a folder that cannot be read.
    """
    own = apart.resolve() if apart else None
    for root, names, files in os.walk(folder, onerror=_refuse):
        names[:] = sorted(name for name in names if not name.startswith(".") and (Path(root) / name).resolve() != own)
        for name in sorted(files):
            path = Path(root) / name
            copied = not copies and path.stem.endswith(BESIDE)
            if path.suffix.lower() in PHOTO_SUFFIXES and not name.startswith(".") and not copied:
                yield path


def _exists(photo: PurePath) -> bool:
    """Whether there is such a file; what is in a store or a tar is not looked for."""
    if not isinstance(photo, Path):
        return True
    return is_there(photo) or any(parent.suffix.lower() == ".tar" and is_file(parent) for parent in photo.parents)


def _labelled(folder: Path, name: str) -> PurePath:
    """The photo that a table in a folder tells of."""
    path = named(name)
    return resolved(folder / path if isinstance(path, Path) else path)


def _job(source: Path, relative: Path, output: Path | None, labels: Mapping[PurePath, str]) -> Job:
    label = labels.get(resolved(source)) if labels else None
    return Job(source=source, target=copy_of(source, output, relative), label=label)


def _refuse(error: OSError) -> None:
    """A folder passed over in silence would leave its owner believing that its photos are protected."""
    problem = f"{error.filename}: cannot be read ({error.strerror})"
    raise UnseenError(f"{problem}; make it readable or name other folders") from error
