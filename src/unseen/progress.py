"""How long work tells what it is doing: whoever started it may watch the items pass."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Progress(Protocol):
    """Passes items through and may tell how many of `total` are done."""

    def __call__(self, items: Iterable[Item], total: int, doing: str, /) -> Iterator[Item]: ...


def silent(items: Iterable[Item], total: int, doing: str, /) -> Iterator[Item]:
    """The items, and nothing said about them."""
    return iter(items)
