import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from unseen.batch.log import Log
from unseen.errors import UnseenError


def told(log: Log) -> list[object]:
    return [line.get("photo") for _, _, line in log.lines(0)][1:]


def test_a_line_is_read_again_where_it_was_written(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    places = [log.append({"photo": f"a\n{number}\udcff"}) for number in range(3)]
    assert [log.read(*place)["photo"] for place in places] == [f"a\n{number}\udcff" for number in range(3)]
    assert [(start, length) for start, length, _ in log.lines(places[0][0])] == places
    log.close()


@pytest.mark.parametrize("cut", [1, 5, 20, 200_000])
def test_a_last_line_that_was_cut_is_dropped(cut: int, tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.append({"photo": "a"})
    start, length = log.append({"photo": "b" * 300_000})
    log.close()
    whole = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(whole[: start + length - cut])
    log = Log(tmp_path / "log")
    assert told(log) == ["a"]
    log.append({"photo": "c"})
    assert told(log) == ["a", "c"]
    log.close()


def test_a_header_that_was_cut_begins_a_new_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b'{"unseen": "pho')
    log = Log(tmp_path / "log")
    assert told(log) == []
    log.close()


def test_a_log_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(json.dumps({"unseen": "photos", "format": 2, "identity": "x"}) + "\n")
    with pytest.raises(UnseenError, match=r"was begun by another version of unseen.*name another folder with -o"):
        Log(tmp_path / "log")


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    start, length = log.append({"photo": "a"})
    log.close()
    with (tmp_path / "log").open("r+b") as file:
        file.seek(start)
        file.write(b"\xff")
    log = Log(tmp_path / "log")
    with pytest.raises(UnseenError, match=f"the line at byte {start} is damaged; delete that line"):
        told(log)
    with pytest.raises(UnseenError, match=f"the line at byte {start} is damaged; delete that line"):
        log.read(start, length)
    log.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from unseen.batch.log import Log
from unseen.photo import atomic

write = atomic._write

def killed(path, data):
    write(path, data)
    os.kill(os.getpid(), signal.SIGKILL)

atomic._write = killed
Log(Path(sys.argv[1])).rewrite([{"photo": "b"}])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send")
def test_what_killed_processes_left_of_a_new_log_goes_with_the_next(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.append({"photo": "a"})
    log.close()
    for _ in range(2):
        ended = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "log"], check=False)
        assert ended.returncode == -signal.SIGKILL
        assert len(list(tmp_path.iterdir())) == 2
    log = Log(tmp_path / "log")
    assert told(log) == ["a"]
    log.rewrite([{"photo": "c"}])
    assert told(log) == ["c"]
    log.close()
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
