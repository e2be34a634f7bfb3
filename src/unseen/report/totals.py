"""What all photos of a run come to, added up row by row: of a million photos no more is held than of one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from unseen.report.layout import PhotoRow, Report, Role, Row, Status
from unseen.report.verdicts import chances


@dataclass(kw_only=True)
class Mean:
    """A mean of pairs, before and after."""

    count: int = 0
    before: float = 0.0
    after: float = 0.0

    def add(self, before: float, after: float) -> None:
        """One more pair."""
        self.count += 1
        self.before += before
        self.after += after


@dataclass(kw_only=True)
class Share:
    """How many of some are so."""

    count: int = 0
    those: int = 0

    def add(self, is_so: bool) -> None:
        """One more."""
        self.count += 1
        self.those += is_so

    @property
    def value(self) -> float | None:
        """In [0, 1]; None of none."""
        return self.those / self.count if self.count else None


@dataclass(kw_only=True)
class Totals:
    """The sums over the photos of a run.

    Attributes:
        settings: of the run.
        presets: name -> what it is, of the ways in which the photos' `audit` was read.
        statuses: how many photos ended how.
        chances: of each role's networks, where a copy was made.
        right: (preset, version) -> how often the first guess was right.
        alike: preset -> how often the first guess on a copy means the same as the true answer.
        meant: name to be hidden -> what it means to the first network that knows it: its classes, and who that is.
    """

    settings: Mapping[str, Any]
    presets: Mapping[str, str]
    statuses: Counter[Status] = field(default_factory=Counter)
    chances: dict[Role, Mean] = field(default_factory=lambda: {"surrogate": Mean(), "held-out": Mean()})
    right: dict[tuple[str, str], Share] = field(default_factory=dict)
    alike: dict[str, Share] = field(default_factory=dict)
    meant: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> "Totals":
        """Those of a whole report."""
        totals = cls(settings=report.settings, presets=report.presets)
        for row in report.photos:
            totals.add(row)
        return totals

    @property
    def photos(self) -> int:
        """How many there are."""
        return self.statuses.total()

    def add(self, row: PhotoRow) -> None:
        """One more photo."""
        self.statuses[row.status] += 1
        for model in row.models:
            found = chances(model, self.settings)
            if found is not None and row.status != "untouched":
                self.chances[model.role].add(*found)
            for group in model.hidden.groups if model.hidden else ():
                self.meant.setdefault(group.name, (group.classes, model.name))
        self._add_looks(row.audit)

    def _add_looks(self, looks: Iterable[Row]) -> None:
        for look in looks:
            if look.top1 is None:
                continue
            self.right.setdefault((look.preset, look.version), Share()).add(look.top1)
            if look.version == "protected" and look.leaked is not None:
                self.alike.setdefault(look.preset, Share()).add(look.leaked)
