import threading
from concurrent.futures import CancelledError

import pytest

from unseen.web.limits import Limits
from unseen.web.line import LineFullError
from unseen.web.side_table import MOST, SideTable, StoppingError


def blocked(table: SideTable) -> threading.Event:
    """Let the table's thread be busy until the event is set."""
    free, begun = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        free.wait(20)

    table.put(1, work)
    begun.wait(20)
    return free


def test_work_is_done_in_order_and_errors_come_back() -> None:
    table = SideTable(Limits())
    done: list[int] = []
    futures = [table.put(1, lambda number=number: done.append(number)) for number in range(5)]  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        table.put(1, lambda: 1 // 0).result(20)
    assert all(future.result(20) is None for future in futures)
    assert done == [0, 1, 2, 3, 4]
    table.stop()


def test_no_more_waits_than_may_and_who_leaves_makes_room_at_once() -> None:
    table = SideTable(Limits(held=10))
    free = blocked(table)
    waiting = table.put(8, lambda: "first")
    with pytest.raises(LineFullError, match="1 photos wait to be looked at; try again later"):
        table.put(3, lambda: "second")
    for _ in range(1000):  # who comes and leaves again and again leaves nothing behind
        assert waiting.cancel()
        waiting = table.put(8, lambda: "third")
    free.set()
    assert waiting.result(20) == "third"
    table.stop()


def test_nor_more_pieces() -> None:
    table = SideTable(Limits())
    free = blocked(table)
    futures = [table.put(0, lambda: None) for _ in range(MOST)]
    with pytest.raises(LineFullError):
        table.put(0, lambda: None)
    free.set()
    assert [future.result(20) for future in futures] == [None] * MOST
    table.stop()


def test_who_waits_when_it_stops_is_told_at_once() -> None:
    table = SideTable(Limits())
    free = blocked(table)
    waiting, left = table.put(1, lambda: None), table.put(1, lambda: None)
    left.cancel()
    table.stop()
    with pytest.raises(StoppingError):
        waiting.result(1)
    with pytest.raises(CancelledError):
        left.result(1)
    with pytest.raises(StoppingError):
        table.put(1, lambda: None)
    free.set()
