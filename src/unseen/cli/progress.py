"""How far a verb is, on a terminal; silence elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

Item = TypeVar("Item")


def tracked(items: Iterable[Item], total: int, doing: str) -> Iterator[Item]:
    """Pass items through and show how many of `total` are done, on standard error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=total)
        for item in items:
            yield item
            progress.advance(task)


@contextmanager
def watched(told: Callable[[], str]) -> Iterator[None]:
    """Within it, show on standard error what `told` says, again and again."""

    class Line(ProgressColumn):
        """Asked as often as the terminal is drawn."""

        def render(self, task: Task) -> Text:
            return Text(told())

    console = Console(stderr=True)
    with Progress(Line(), console=console, transient=True, disable=not console.is_terminal) as progress:
        progress.add_task("", total=None)
        yield
