"""What decides whether a photo is done already: a stamp of what it was, how it was done and what came of it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from unseen.batch.walk import Entry
from unseen.report.layout import Status


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file that this record answers for.

    Attributes:
        name: below the output folder.
        mark: as its place tells it.
        digest: of its bytes.
    """

    name: str
    mark: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Kept with a photo's row.

    Attributes:
        size, mtime, label: as the photo was found.
        digest: of its bytes; None where they could not be read.
        settings: what all settings come to.
        status: of its row.
        copy: what was written; None where there is no copy.
        former: the copy that this one replaces. A process may have died before it did.
    """

    size: int
    mtime: int
    label: str | None
    digest: str | None
    settings: str
    status: Status
    copy: Copy | None = None
    former: Copy | None = None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        return cls.from_line(json.loads(text))

    @classmethod
    def from_line(cls, found: dict[str, Any]) -> Self:
        """The stamp in a line of the log."""
        copies = {name: None if found[name] is None else Copy(**found[name]) for name in ("copy", "former")}
        return cls(**{**found, **copies})

    def to_json(self) -> str:
        """In one line."""
        return json.dumps(asdict(self))

    def fits(self, entry: Entry) -> bool:
        """Whether the photo is as it was, as far as can be told without reading it."""
        return (self.size, self.mtime, self.label) == (entry.size, entry.mtime, entry.label)
