"""Photos with every class that counts as right, from the label files in which people have them.

Three layouts are known: a table with the columns `file,label`, of whose labels `;` may join several; MediaEval's
lists, rows of `"name","index"` or of names alone, without a head; and Places365's own file, lines of `name index`.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unseen.datasets.labelled import labelled_photos
from unseen.errors import UnseenError
from unseen.models.class_names import class_named
from unseen.naming import nearest
from unseen.plan import plan

TABLE = "labels.csv"
"""The label file that is looked for in a folder of photos where none is named."""

_LAYOUTS = 'give file,label below that head, rows of "name","index", or lines of name and index'


@dataclass(frozen=True, kw_only=True)
class AcceptedPhoto:
    """A photo's file and the indices of the classes that count as right answers, at least one."""

    path: Path
    labels: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class _LabelFile:
    """What a label file says.

    Attributes:
        labels: name of a photo -> what is in it, in order; no words where the file only lists the photo.
        whole: whether it tells the labels of a whole data set, of which people hold any part.
    """

    path: Path
    labels: Mapping[str, tuple[str, ...]]
    whole: bool = False


def accepted_photos(
    folder: Path, tables: Sequence[Path], class_names: Sequence[str], synsets: Sequence[str] | None = None
) -> tuple[AcceptedPhoto, ...]:
    """The photos of a labelled set in the set's order; none of them is opened.

    Which photos the set has is said by the tables and MediaEval's lists; Places365's file only says what is in photos,
    so beside it alone the set is the folder. A list without labels goes together with a file that has them.

    Args:
        folder: where the photos are; names are looked for in it, and then beside the file that names them.
        tables: label files; with none the folder's own `labels.csv`, or else a folder of folders named by class.
        class_names: of the network that is asked about the photos, in the order of its logits.
        synsets: WordNet's names of the same classes, where it has them.

    Raises:
        UnseenError: nothing there, a named photo that is missing, a photo without a label, or a label that is no class.
    """
    if not folder.is_dir():
        raise UnseenError(f"{folder}: there is no such folder; give the one that holds the photos")
    if not tables and not (folder / TABLE).is_file():
        photos = labelled_photos(folder, class_names, synsets)
        return tuple(AcceptedPhoto(path=photo.path, labels=frozenset({photo.label})) for photo in photos)
    files = [_read(table) for table in tables or (folder / TABLE,)]
    found = _found(folder, files)
    words = {path: _words(path, name, files) for path, name in found.items()}
    known = {word: _known(word, files, class_names, synsets) for word in dict.fromkeys(sum(words.values(), ()))}
    return tuple(AcceptedPhoto(path=path, labels=frozenset(map(known.__getitem__, words[path]))) for path in found)


def _found(folder: Path, files: Iterable[_LabelFile]) -> dict[Path, str]:
    """The photos of the set, and the name that each has in the label files."""
    naming = [file for file in files if not file.whole]
    if not naming:
        photos = (Path(job.source) for job in plan([folder], None, {}))
        return {photo: photo.relative_to(folder).as_posix() for photo in photos}
    found: dict[Path, str] = {}
    for file in naming:
        missing = []
        for name in file.labels:
            places = (folder / name.lstrip("/"), file.path.parent / name.lstrip("/"))
            path = next((place for place in places if place.is_file()), None)
            if path is None:
                missing.append(name)
            else:
                found[path] = name
        if missing:
            others = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
            remedy = "give the folder that holds them, or a list of those that are there"
            raise UnseenError(f"{file.path}: names {missing[0]}{others}, not to be found in {folder}; {remedy}")
    return found


def _words(path: Path, name: str, files: Iterable[_LabelFile]) -> tuple[str, ...]:
    """What the label files say is in a photo; a file may know it by its name alone."""
    for file in files:
        words = file.labels.get(name) or file.labels.get(f"/{name}") or file.labels.get(path.name)
        if words:
            return words
    remedy = "add a label file that does, such as Places365's places365_val.txt"
    raise UnseenError(f"{path}: no label file says what is in this photo; {remedy}")


def _known(word: str, files: Sequence[_LabelFile], class_names: Sequence[str], synsets: Sequence[str] | None) -> int:
    index = class_named(word, class_names, synsets)
    if index is None:
        source = next(file.path for file in files if any(word in words for words in file.labels.values()))
        choices = (*class_names, *(synsets or ()))
        remedy = f"give 0 to {len(class_names) - 1}" if word.isdecimal() else nearest(word, choices)
        raise UnseenError(f"{source}: label {word!r} is no class of the network; {remedy}")
    return index


def _read(path: Path) -> _LabelFile:
    """A label file in any of the layouts."""
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        rows = list(csv.reader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UnseenError(f"{path}: cannot be read as a label file ({why}); {_LAYOUTS}") from error
    if not rows:
        raise UnseenError(f"{path}: is empty; {_LAYOUTS}")
    if {"file", "label"} <= set(rows[0]):
        places = [rows[0].index(column) for column in ("file", "label")]
        pairs = [[row[place] if place < len(row) else "" for place in places] for row in rows[1:]]
        return _LabelFile(path=path, labels={name: _split(label) for name, label in pairs if name})
    whole = all(len(row) == 1 and len(row[0].split()) == 2 for row in rows)
    pairs = [row[0].split() if whole else row for row in rows]
    wrong = next((number for number, pair in enumerate(pairs, start=1) if len(pair) > 2 or not pair[0].strip()), None)
    if wrong is not None:
        raise UnseenError(f"{path}: row {wrong} is {lines[wrong - 1]!r}, no photo with a label; {_LAYOUTS}")
    return _LabelFile(path=path, labels={pair[0].strip(): _split("".join(pair[1:])) for pair in pairs}, whole=whole)


def _split(label: str) -> tuple[str, ...]:
    """The words of a label cell, of which each is right."""
    return tuple(word.strip() for word in label.split(";") if word.strip())
