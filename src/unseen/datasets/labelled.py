"""Photos with the class that is in each: a table of them, or folders named by class."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from unseen.errors import UnseenError
from unseen.models.class_names import class_named
from unseen.naming import nearest
from unseen.plan import plan, read_labels


@dataclass(frozen=True, kw_only=True)
class LabelledPhoto:
    """A photo's file and the index of the class that is in it."""

    path: Path
    label: int


def labelled_photos(
    source: Path, class_names: Sequence[str], synsets: Sequence[str] | None = None
) -> tuple[LabelledPhoto, ...]:
    """The photos of a labelled set in the set's order; none of them is opened.

    Args:
        source: a CSV with the columns `file` (relative to the CSV) and `label` (index, synset or name; of several
            joined by `;` the first counts), or a folder of folders named by synset, name or index, as ILSVRC's
            validation set is often laid out.
        class_names: of the network that is asked about the photos, in the order of its logits.
        synsets: WordNet's names of the same classes, where it has them.

    Raises:
        UnseenError: nothing there, a missing photo, or a label that is no class of the network.
    """
    labels = _by_folder(source) if source.is_dir() else _by_table(source)
    found = {label: _known_class(label, source, class_names, synsets) for label in dict.fromkeys(labels.values())}
    return tuple(LabelledPhoto(path=path, label=found[label]) for path, label in labels.items())


def _by_table(table: Path) -> dict[Path, str]:
    labels = {Path(path): label for path, label in read_labels(table).items()}
    if not labels:
        raise UnseenError(f"{table}: names no photo that has a label; give rows of file,label")
    for path in labels:
        if not path.is_file():
            raise UnseenError(f"{path}: there is no such photo, though {table} names it; correct its column file")
    return labels


def _by_folder(folder: Path) -> dict[Path, str]:
    """One photo of every class, then a second one of each, and so on: the first ones of a set stand for all of it."""
    labels: dict[str, list[Path]] = {}
    for photo in (Path(job.source) for job in plan([folder], None, {})):
        if photo.parent == folder:
            remedy = "give folders of photos so named, or a CSV that starts with file,label"
            raise UnseenError(f"{photo}: is in no folder that is named by its class; {remedy}")
        labels.setdefault(photo.relative_to(folder).parts[0], []).append(photo)
    rounds = zip_longest(*([(photo, label) for photo in photos] for label, photos in labels.items()))
    return {photo: label for taken in rounds for photo, label in filter(None, taken)}


def _known_class(label: str, source: Path, class_names: Sequence[str], synsets: Sequence[str] | None) -> int:
    index = class_named(label, class_names, synsets)
    if index is None:
        choices = (*class_names, *(synsets or ()))
        remedy = f"give 0 to {len(class_names) - 1}" if label.isdecimal() else nearest(label, choices)
        raise UnseenError(f"{source}: label {label!r} is no class of the network; {remedy}")
    return index
