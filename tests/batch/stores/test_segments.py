import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from unseen.address import Address
from unseen.batch.stores import segments as module
from unseen.batch.stores.objects import listed, read, write
from unseen.batch.stores.segments import Segments
from unseen.errors import FullError


class Log:
    """A local log beside its segments."""

    def __init__(self, folder: Address, path: Path) -> None:
        self.path = path
        self.segments = Segments(folder, path, lambda: None)

    def append(self, data: bytes) -> None:
        self.segments.append(data)
        with self.path.open("ab") as file:
            file.write(data)


def names(folder: Address) -> list[str]:
    return sorted(name for name, _ in listed(folder))


def test_a_log_is_made_of_its_segments(store: Address, tmp_path: Path) -> None:
    log = Log(store, tmp_path / "log")
    for number in range(3):
        log.append(f"line {number}\n".encode())
    assert names(store) == [f"photos-00000{number}.jsonl" for number in (1, 2, 3)]
    again = Log(store, tmp_path / "again")
    assert again.path.read_bytes() == log.path.read_bytes() == b"line 0\nline 1\nline 2\n"
    again.append(b"line 3\n")
    assert names(store)[-1] == "photos-000004.jsonl"


def test_they_are_put_together_and_stay_few(store: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 8)
    rng = random.Random(0)
    log = Log(store, tmp_path / "log")
    for number in range(60):
        log.append(b"x" * rng.choice((1, 5, 80)) + b"%d\n" % number)
        assert len(names(store)) <= 8
    log.segments.merge()
    assert len(names(store)) <= 3
    assert Log(store, tmp_path / "again").path.read_bytes() == log.path.read_bytes()


def test_a_process_may_die_while_they_are_put_together(
    store: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(store, tmp_path / "log")
    for number in range(4):
        log.append(b"%d\n" % number)
    monkeypatch.setattr(log.segments, "_forget", lambda segments: None)
    log.segments.merge()
    assert len(names(store)) == 5
    assert Log(store, tmp_path / "again").path.read_bytes() == b"0\n1\n2\n3\n"
    assert names(store) == ["photos-000001-000004.jsonl"]


def test_a_large_one_is_not_written_again_for_a_small_one(store: Address, tmp_path: Path) -> None:
    log = Log(store, tmp_path / "log")
    for data in (b"x" * 1000, b"y" * 10, b"z" * 10):
        log.append(data)
    log.segments.merge()
    assert names(store) == ["photos-000001.jsonl", "photos-000002-000003.jsonl"]
    log.segments.merge()
    assert len(names(store)) == 2


def test_another_log_takes_the_place_of_all(store: Address, tmp_path: Path) -> None:
    log = Log(store, tmp_path / "log")
    for data in (b"a\n", b"b\n"):
        log.append(data)
    log.path.write_bytes(b"b\n")
    log.segments.rewritten()
    assert names(store) == ["photos-000001-000003.jsonl"]
    log.append(b"c\n")
    assert Log(store, tmp_path / "again").path.read_bytes() == b"b\nc\n"


def test_what_the_local_log_lacks_is_not_lost(store: Address, tmp_path: Path) -> None:
    log = Log(store, tmp_path / "log")
    log.append(b"a\n")
    log.segments.append(b"b\n")  # and the disk is full
    log.segments.merge()
    assert Log(store, tmp_path / "again").path.read_bytes() == b"a\nb\n"


def test_another_run_s_segment_is_never_overwritten(store: Address, tmp_path: Path) -> None:
    log = Log(store, tmp_path / "log")
    write(store / "photos-000001.jsonl", b"theirs\n")
    with pytest.raises(FullError, match="exists already: another run works in the folder"):
        log.append(b"ours\n")
    assert read(store / "photos-000001.jsonl") == b"theirs\n"


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    folder = tmp_path / "narrow"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("needs a small file system of its own")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False).returncode:
        pytest.skip("no right to mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("size", [700_000, 2_000_000], ids=["for two of it", "for one of it"])
def test_a_machine_without_room_for_the_log_is_told_of(size: int, store: Address, narrow: Path) -> None:
    write(store / "photos-000001.jsonl", b"x" * size)
    with pytest.raises(FullError, match=rf"{narrow}/.+: cannot be written.+; free some space"):
        Segments(store, narrow / "log", lambda: None)


def test_a_machine_without_room_puts_none_together(store: Address, narrow: Path) -> None:
    log = Log(store, narrow / "log")
    for _ in range(2):
        log.append(b"x" * 250_000)
    (narrow / "other").write_bytes(b"x" * 250_000)
    with pytest.raises(FullError, match=r"merged\.part: cannot be written \(No space.+\); free some space"):
        log.segments.merge()
    assert names(store) == ["photos-000001.jsonl", "photos-000002.jsonl"]
    (narrow / "other").unlink()
    log.segments.merge()
    assert names(store) == ["photos-000001-000002.jsonl"]
    assert sorted(path.name for path in narrow.iterdir()) == ["log"]
