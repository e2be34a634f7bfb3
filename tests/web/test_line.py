import pytest

from unseen.web.limits import Limits
from unseen.web.line import Line, LineFullError, TooManyWaitingError
from unseen.web.ticket import Ticket
from unseen.web.wishes import Wishes


def ticket(client: str, name: str = "a.jpg", size: int = 1, **wishes: object) -> Ticket:
    return Ticket(data=bytes(size), name=name, wishes=Wishes(**wishes), client=client)  # type: ignore[arg-type]


def line_of(*tickets: Ticket, **limits: int) -> Line:
    line = Line(Limits(**limits))  # type: ignore[arg-type]
    for one in tickets:
        line.join(one)
    return line


def test_clients_take_turns_and_each_keeps_its_order() -> None:
    many = [ticket("many", str(number)) for number in range(5)]
    one, two = ticket("one"), ticket("two")
    line = line_of(*many, one, two)
    assert [line.ahead_of(each) for each in (many[0], one, two, many[1], many[4])] == [0, 1, 2, 3, 6]
    assert line.take(4) == [many[0], one, two, many[1]]
    assert line.take(4) == many[2:]
    assert line.take(4) == []
    assert line.ahead_of(one) is None


def test_who_was_served_last_waits_for_the_others() -> None:
    line = line_of(ticket("a", "a1"), ticket("a", "a2"), ticket("b", "b1"))
    assert [one.name for one in line.take(1)] == ["a1"]
    line.join(ticket("b", "b2"))
    assert [line.take(1)[0].name for _ in range(3)] == ["b1", "a2", "b2"]


def test_only_photos_with_the_same_wishes_go_together_whatever_their_labels() -> None:
    alike = [ticket("a", label="cat"), ticket("b", label="dog"), ticket("c", settings={})]
    other, setting = ticket("b", seed=1), ticket("d", settings={"steps": 3})
    line = line_of(alike[0], alike[1], other, setting, alike[2])
    assert line.take(8) == alike
    assert line.take(8) == [setting], "who was passed over keeps its turn"
    assert line.take(8) == [other]


def test_a_client_whose_next_photo_does_not_fit_keeps_its_turn_order() -> None:
    first, blocked, behind = ticket("a"), ticket("b", seed=1), ticket("b")
    line = line_of(first, blocked, behind)
    assert line.take(8) == [first]
    assert line.take(8) == [blocked]
    assert line.take(8) == [behind]


def test_who_leaves_is_not_taken() -> None:
    stays, goes = ticket("a"), ticket("a")
    line = line_of(stays, goes)
    assert line.leave(goes)
    assert not line.leave(goes)
    assert not line.leave(ticket("nobody"))
    assert line.take(8) == [stays]


def test_no_more_are_taken_in_than_may_wait() -> None:
    line = line_of(ticket("a"), ticket("a"), waiting=3, waiting_each=2)
    with pytest.raises(TooManyWaitingError, match="you have 2 photos waiting here; send more when some are done"):
        line.join(ticket("a"))
    line.join(ticket("b"))
    with pytest.raises(LineFullError, match="3 photos are waiting, which is all that are taken in; try again later"):
        line.join(ticket("c"))
    assert len(line.clear()) == 3
    assert len(line) == 0


def test_nor_more_bytes() -> None:
    line = line_of(ticket("a", size=6), held=10)
    with pytest.raises(LineFullError):
        line.join(ticket("b", size=5))
    line.join(ticket("b", size=4))
