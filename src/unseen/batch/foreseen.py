"""What a run would do, told without one: nothing is written, and a run may work in the folder meanwhile."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from unseen.address import Address, named
from unseen.batch.copies import Copies
from unseen.batch.home import FOLDER
from unseen.batch.place import Place, digest_of
from unseen.batch.planned import Planned, former_key_of, key_of, told_of_place
from unseen.batch.stamp import Stamp
from unseen.batch.walk import Entry
from unseen.errors import UnseenError
from unseen.photo import Photo, read_photo_bytes
from unseen.plan import Job
from unseen.protect import placed


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What would become of a photo.

    Attributes:
        target: the name of its copy; None where there will be none.
        stands: whether a former run made that copy of the photo as it is; what its settings were is not known.
        problem: why there will be none.
    """

    source: str
    target: PurePath | None = None
    stands: bool = False
    problem: UnseenError | str | None = None


def foreseen(entries: Iterable[Entry], output: PurePath, place: Place, form: str) -> Iterator[Foreseen]:
    """What would become of photos, each once; all are decoded first, because their content decides the copies' names.

    Args:
        output: the folder for the copies.
        form: of the copies.

    Raises:
        UnseenError: the record of a former run cannot be read.
    """
    each: dict[bytes, Entry] = {}
    for entry in entries:
        each.setdefault(entry.key, entry)
    former = _Former(output, each)
    copies = Copies(former, place, only_looks=True)
    plan = [copies.known_again(former.planned(entry)) for entry in each.values()]
    found = [_named(planned, output, copies, place, form) for planned in plan]
    for one in found:  # first of all, as a run does
        if one.stands and one.target is not None:
            former.claim(one.target)
    for planned, one in zip(plan, found, strict=True):
        yield one if one.stands else _claimed(planned, one, copies)


class _Former:
    """What former runs kept of some photos, and of others that had their places; looked up, and never changed.

    Args:
        each: the photos by their keys.
    """

    def __init__(self, output: PurePath, each: Mapping[bytes, Entry]) -> None:
        self.output = output
        self._each = each
        self._stamps: dict[str, dict[bytes, Stamp]] = {entry.place: {} for entry in each.values()}
        self._given: set[object] = set()
        wanted = [told_of_place(place) for place in self._stamps]
        for line in _lines(output):
            if line.endswith(b"\n") and any(one in line for one in wanted):  # one without its end is being written
                self._add(line)

    def planned(self, entry: Entry) -> Planned:
        return Planned(position=0, entry=entry, stamp=self._stamps[entry.place].get(entry.key))

    def namesake(self, planned: Planned) -> Planned | None:
        others = [
            (key, stamp)
            for key, stamp in self._stamps[planned.entry.place].items()
            if key not in self._each and (stamp.status != "failed" or stamp.former is not None)
        ]
        return replace(planned, stamp=others[-1][1], was=others[-1][0]) if others else None

    def take_over(self, was: bytes) -> bool:
        return self._give(was)

    def claim(self, target: PurePath) -> bool:
        return self._give(target)

    def _give(self, name: object) -> bool:
        is_free = name not in self._given
        self._given.add(name)
        return is_free

    def _add(self, line: bytes) -> None:
        try:
            told = json.loads(line)
            stamps = self._stamps[told["place"]]
            for key in filter(None, (key_of(told), former_key_of(told))):
                stamps.pop(key, None)
            stamps[key_of(told)] = Stamp.from_line(told["stamp"])
        except (ValueError, TypeError, KeyError) as error:
            problem = "a line in there is of another version of unseen, or damaged"
            raise UnseenError(f"{self.output / FOLDER}: {problem}; name another folder with -o") from error


def _named(planned: Planned, output: PurePath, copies: Copies, place: Place, form: str) -> Foreseen:
    """A photo with the name of its copy, whoever has that."""
    entry, stamp = planned.entry, planned.stamp
    if entry.problem is not None:
        return Foreseen(source=entry.source, problem=entry.problem)
    digest = None

    def read(source: PurePath) -> Photo:
        nonlocal digest
        data = place.fetch(source)
        digest = digest_of(data)
        return read_photo_bytes(data, source)

    try:
        _, job = placed(Job(source=named(entry.source), target=output / entry.place), form, read, lambda job: None)
    except UnseenError as error:
        return Foreseen(source=entry.source, problem=error)
    stands = False
    if stamp is not None and stamp.copy is not None and copies.path(stamp.copy) == job.target:
        is_same = stamp.fits(entry) or (stamp.digest, stamp.label) == (digest, entry.label)
        stands = is_same and copies.stands(stamp.copy)
    return Foreseen(source=entry.source, target=job.target, stands=stands)


def _claimed(planned: Planned, one: Foreseen, copies: Copies) -> Foreseen:
    try:
        if one.target is not None:
            copies.claim(planned, one.target)
    except UnseenError as error:
        return replace(one, target=None, problem=error)
    return one


def _lines(output: PurePath) -> Iterator[bytes]:
    """All lines of a folder's log; none where there is none."""
    if isinstance(output, Address):
        from unseen.batch.stores.objects import lines
        from unseen.batch.stores.segments import segments_in

        for segment in segments_in(output / FOLDER):
            yield from lines(output / FOLDER / segment.name)
        return
    path = Path(output) / FOLDER / "photos.jsonl"
    try:
        with suppress(FileNotFoundError), path.open("rb") as file:
            yield from file
    except OSError as error:
        raise UnseenError(f"{path}: cannot be opened ({error.strerror}); name another folder with -o") from error
