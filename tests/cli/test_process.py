"""What only a process of its own can show: signals, closed pipes, full disks."""

import json
import signal
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

PHOTOS = 40


@pytest.fixture
def album(draw, tmp_path: Path) -> Path:
    for seed in range(PHOTOS):
        draw(f"album/{seed:02}.png", seed=seed)
    return tmp_path / "album"


@pytest.fixture
def protecting(tiny: str) -> list[str]:
    return ["protect", "--model", f"{tiny}?pause=0.02", "--audit-model", "", "album", "-o", "out"]


def wait_for(path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.002)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_leaves_whole_copies_and_an_account_of_them(album, protecting, started, tmp_path: Path) -> None:
    process = started(*protecting, "--report", "report.json")
    wait_for(tmp_path / "out/00.png")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert 1 <= len(names) < PHOTOS
    assert names == [f"{number:02}.png" for number in range(len(names))]
    for path in (tmp_path / "out").iterdir():
        with Image.open(path) as copy:
            copy.load()
    report = json.loads((tmp_path / "report.json").read_text())
    told = [Path(row["output"]).name for row in report["photos"]]
    assert told == names[: len(told)]
    assert len(names) - len(told) <= 1  # the copy that got its name as the signal came
    assert f"Error: interrupted after {len(told)} of {PHOTOS} photos: their copies are whole" in err
    assert "Traceback" not in err
    assert not told or f"{len(told)} protected" in out


@pytest.mark.proof
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_a_run_after_an_interruption_does_the_rest_and_the_same(album, protecting, started, tmp_path: Path) -> None:
    process = started(*protecting)
    wait_for(tmp_path / "out/00.png")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    process = started(*protecting, "--json")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    statuses = {Path(row["input"]).name: row["status"] for row in json.loads(out)["photos"]}
    assert {name for name, status in statuses.items() if status == "failed"} == set(first)
    both = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(both) == PHOTOS
    assert first.items() <= both.items()
    process = started(*protecting[:-1], "whole")
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()} == both


def test_a_reader_that_leaves_ends_the_command_quietly(album, protecting, started, tmp_path: Path) -> None:
    process = started(*protecting, "--report", "report.json")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 1
    assert len(list((tmp_path / "out").iterdir())) == PHOTOS
    assert len(json.loads((tmp_path / "report.json").read_text())["photos"]) == PHOTOS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_standard_output_on_a_full_disk_is_one_line(draw, protecting, started) -> None:
    draw("album/a.png")
    with Path("/dev/full").open("w") as full:
        process = started(*protecting, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == ("Error: standard output cannot be written (No space left on device); what was done stands\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on the size of files")
def test_a_full_disk_fails_what_does_not_fit_and_leaves_nothing_of_it(draw, protecting, started, tmp_path) -> None:
    import resource

    draw("album/a_small.png", size=(20, 20))
    draw("album/b_large.png", size=(300, 300))
    draw("album/c_small.png", seed=1, size=(20, 20))

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = started(*protecting, "--json", preexec_fn=limit)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    rows = json.loads(out)["photos"]
    assert [row["status"] for row in rows] == ["protected", "failed", "protected"]
    assert rows[1]["error"] == "out/b_large.png: cannot be written: the disk is full; free some space and run again"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a_small.png", "c_small.png"]


def test_piped_there_is_no_progress_bar_and_the_table_is_wide(draw, protecting, started) -> None:
    draw("album/a_photo_with_a_long_name.png")
    process = started(*protecting)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "\x1b" not in out
    assert 80 < max(map(len, out.splitlines())) <= 120
