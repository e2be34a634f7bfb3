import json
import threading
from collections.abc import Callable

import pytest

from unseen.address import Address
from unseen.batch import Record
from unseen.batch.home import FOLDER
from unseen.batch.stores import home, lease
from unseen.batch.stores.lease import Lease
from unseen.batch.stores.objects import found, listed, read, write
from unseen.errors import FullError, UnseenError

Take = Callable[..., Lease]


@pytest.fixture
def take(store: Address) -> Take:
    """Work in a folder as some run."""

    def taken(token: str = "a", *, dead: str = "") -> Lease:
        return Lease(store, store / "lock", token, lambda other: other == dead, lambda: None)

    return taken


def holder(store: Address) -> str | None:
    return None if found(store / "lock") is None else json.loads(read(store / "lock"))["token"]


def test_it_is_held_by_one_and_given_back(take: Take, store: Address) -> None:
    first = take("a")
    with pytest.raises(UnseenError) as refused:
        take("b")
    assert str(refused.value).startswith(f"{store}: another run works in it (")
    assert "; if it is dead, it is given up in " in str(refused.value)
    assert str(refused.value).endswith("s); wait for its end or name another with -o")
    assert holder(store) == "a"
    assert [name for name, _ in listed(store)] == ["lock"]
    first.close()
    assert holder(store) is None
    take("b").close()


def test_that_of_a_run_that_died_here_is_taken_at_once(take: Take, store: Address) -> None:
    write(store / "lock", b'{"token": "a"}')
    take("b", dead="a").close()


@pytest.mark.parametrize("said", [b'{"token": "a"}', b"", b"[1]"])
def test_that_of_a_run_that_is_not_heard_of_lapses(
    said: bytes, take: Take, store: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store / "lock", said)
    with pytest.raises(UnseenError, match="another run works in it"):
        take("b")
    monkeypatch.setattr(lease, "LAPSED", 0)
    taken = take("b")
    assert holder(store) == "b"
    taken.close()


def test_it_is_renewed_and_its_loss_is_noticed(take: Take, store: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEWED", 1)
    renewed = threading.Event()
    held = Lease(store, store / "lock", "a", lambda other: False, renewed.set)
    assert renewed.wait(10)
    held.require()
    write(store / "lock", b'{"token": "b"}')
    held._renewing.join(10)
    with pytest.raises(FullError, match="another run has taken over, for this one was not heard of"):
        held.require()
    held.close()
    assert holder(store) == "b"


def test_two_runs_in_a_store_do_not_mix(store: Address) -> None:
    with Record(store / "out"), pytest.raises(UnseenError, match="another run works in it"):
        Record(store / "out")
    with Record(store / "out"):
        pass
    assert found(store / "out" / FOLDER / "lock") is None


def test_what_killed_runs_left_here_is_removed_in_time(store: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = home.cache_folder() / "runs"
    left = runs / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "alive").touch()
    with Record(store / "out"):
        assert left.exists(), "the store may still ask for it"
    monkeypatch.setattr(home, "LAPSED", -1)
    with Record(store / "out"):
        assert not left.exists()
        assert len(list(runs.iterdir())) == 1
    assert list(runs.iterdir()) == []


def test_a_lock_that_names_no_run_is_no_path(store: Address) -> None:
    runs = home.cache_folder() / "runs"
    runs.mkdir(parents=True)
    (runs.parent / home._ALIVE).touch()
    assert not home._is_dead(runs / "..")
