"""The copies that former runs of a folder's record made: which still stand, and which names can be given away."""

from pathlib import PurePath
from typing import Protocol

from unseen.address import named
from unseen.batch.place import UNKNOWN, Place
from unseen.batch.planned import Planned, source_of
from unseen.batch.stamp import Copy
from unseen.batch.tars.names import split
from unseen.errors import PhotoError


class Names(Protocol):
    """Whose names are given away: a record, or what only looks into one."""

    output: PurePath

    def claim(self, target: PurePath) -> bool:
        """Give a copy's name away for this run; whether it was free."""
        ...

    def namesake(self, planned: Planned) -> Planned | None:
        """A photo with what is known of another one that had its place, and is not in this plan."""
        ...

    def take_over(self, was: bytes) -> bool:
        """Give away what is known by a key outside of the plan; whether it was free."""
        ...


class Copies:
    """Copies in one folder.

    Args:
        record: the folder's.
        place: where they are.
        only_looks: whether what a killed process left is told as free, but not freed.
    """

    def __init__(self, record: Names, place: Place, *, only_looks: bool = False) -> None:
        self._record, self._place, self._only_looks = record, place, only_looks

    def claim(self, planned: Planned, target: PurePath) -> None:
        """Give a copy's name away, unless another photo of this run or a file of somebody else has it.

        Raises:
            PhotoError: such a name.
        """
        source = planned.entry.source
        if not self._record.claim(target):
            problem = f"its copy {target} has the name of another photo's copy"
            raise PhotoError(source, problem, "protect the two in runs of their own, with another -o")
        if self._place.mark(target) in (None, UNKNOWN):
            self._place.require_possible(named(source), target)
            return
        former = self.former(planned)
        if former is None or self.path(former) != target:
            last = planned.stamp and planned.stamp.copy  # which a killed process may not have given its name
            if last and self.path(last) == target and self._place.was_begun(target):
                if not self._only_looks:
                    self._place.remove(target)
                return
            problem = f"its copy {target} exists already, and is {self._told(planned, target)}"
            raise PhotoError(source, problem, "move it away or choose another -o")

    def known_again(self, planned: Planned) -> Planned:
        """A photo with what is known of it from before its folder was renamed, or mounted elsewhere.

        That is what is known of a photo that had its place and the same bytes: of another, the copy must not be lost. A
        photo in a tar is done again with its tar.
        """
        stamp = planned.stamp
        is_known = stamp is not None and (stamp.status != "failed" or stamp.former is not None)
        if is_known or split(planned.entry.place) is not None:
            return planned
        found = self._record.namesake(planned)
        if found is None or found.was is None or not self._has_its_bytes(found):
            return planned
        return found if self._record.take_over(found.was) else planned

    def _told(self, planned: Planned, target: PurePath) -> str:
        """What a file is that is in the way."""
        other = self._record.namesake(planned)
        copy = other.stamp.copy if other is not None and other.stamp is not None else None
        if other is None or other.was is None or copy is None or self.path(copy) != target or not self.stands(copy):
            return "not what was written there before"
        return f"that of {source_of(other.was)}"

    def _has_its_bytes(self, planned: Planned) -> bool:
        try:
            return planned.stamp is not None and self._place.digest(named(planned.entry.source)) == planned.stamp.digest
        except PhotoError:
            return False

    def path(self, copy: Copy) -> PurePath:
        """Where a copy is."""
        return self._record.output / copy.name

    def stands(self, copy: Copy) -> bool:
        """Whether a copy lies there as it was written; its bytes are read only where its mark is another."""
        path = self.path(copy)
        mark = self._place.mark(path)
        if mark is None or mark == copy.mark:
            return mark is not None
        try:
            return self._place.digest(path) == copy.digest
        except PhotoError:
            return False

    def former(self, planned: Planned) -> Copy | None:
        """A photo's copy that a former run made, as far as it still lies there unchanged."""
        if planned.stamp is None:
            return None
        return next((copy for copy in (planned.stamp.copy, planned.stamp.former) if copy and self.stands(copy)), None)

    def remove(self, copy: Copy) -> None:
        """Take a copy away."""
        self._place.remove(self.path(copy))
