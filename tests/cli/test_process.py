"""What only a process of its own can show: signals, closed pipes, full disks."""

import json
import signal
import subprocess
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


def copies(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_leaves_whole_copies_and_an_account_of_them_and_the_same_command_goes_on(
    album, protecting, started, tmp_path: Path
) -> None:
    process = started(*protecting, "--report", "report.json")
    wait_for(tmp_path / "out/00.png")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130
    first = copies(tmp_path / "out")
    assert 1 <= len(first) < PHOTOS
    for path in (tmp_path / "out").glob("[!.]*"):
        with Image.open(path) as copy:
            copy.load()
    report = json.loads((tmp_path / "report.json").read_text())
    assert sorted(Path(row["output"]).name for row in report["photos"]) == sorted(first)
    assert err == (
        f"Error: interrupted after {len(first)} of {PHOTOS} photos: "
        "their copies are whole, and the same command goes on from there\n"
    )
    assert f"{len(first)} protected" in out
    process = started(*protecting, "--json")
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert [Path(row["output"]).name for row in json.loads(out)["photos"]] == [f"{n:02}.png" for n in range(PHOTOS)]
    assert first.items() <= copies(tmp_path / "out").items()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_what_other_settings_made_is_no_part_of_a_run_that_was_interrupted(
    album, protecting, started, tmp_path: Path
) -> None:
    started(*protecting, "--scheme", "crop").communicate(timeout=60)
    before = copies(tmp_path / "out")
    process = started(*protecting, "--seed", "1", "--report", "report.json", "--report", "report.html")
    end = time.monotonic() + 60
    while all((tmp_path / "out" / name).read_bytes() == data for name, data in before.items()):
        assert time.monotonic() < end
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    done = {name for name, data in copies(tmp_path / "out").items() if data != before[name]}
    assert 1 <= len(done) < PHOTOS
    report = json.loads((tmp_path / "report.json").read_text())
    assert {Path(row["output"]).name for row in report["photos"]} == done
    assert f"interrupted after {len(done)} of {PHOTOS} photos" in err
    assert f"{len(done)} protected, 0 not achieved, 0 failed" in out
    assert (tmp_path / "report.html").read_text().count('<article class="photo"') == len(done)


def test_a_reader_that_leaves_ends_the_command_quietly(album, protecting, started, tmp_path: Path) -> None:
    process = started(*protecting, "--report", "report.json")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(300) == 1
    assert len(copies(tmp_path / "out")) == PHOTOS
    assert len(json.loads((tmp_path / "report.json").read_text())["photos"]) == PHOTOS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_standard_output_on_a_full_disk_is_one_line(draw, protecting, started) -> None:
    draw("album/a.png")
    with Path("/dev/full").open("w") as full:
        process = started(*protecting, stdout=full)
        _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err == ("Error: standard output cannot be written (No space left on device); what was done stands\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on the size of files")
def test_a_full_disk_stops_the_run_and_with_room_it_goes_on(draw, protecting, started, tmp_path) -> None:
    import resource

    draw("album/a_small.png", size=(20, 20))
    draw("album/b_large.png", size=(900, 900))
    draw("album/c_small.png", seed=1, size=(20, 20))

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    process = started(*protecting, "--json", preexec_fn=limit)
    out, err = process.communicate(timeout=300)
    told = "out/b_large.png: cannot be written: the disk is full; free some space and run again"
    assert process.returncode == 1
    assert err.startswith(f"Error: {told}: ")
    assert err.endswith("of 3 photos are done, and the same command goes on from there\n")
    names = sorted(Path(row["output"]).name for row in json.loads(out)["photos"])
    assert names == sorted(copies(tmp_path / "out"))
    assert "b_large.png" not in names
    assert not list((tmp_path / "out").glob(".unseen-*"))
    out, err = started(*protecting, "--json").communicate(timeout=300)
    assert [row["status"] for row in json.loads(out)["photos"]] == ["protected"] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("how", ["claims", "renames"])
def test_a_kill_where_there_are_no_hard_links_leaves_no_copy_empty(
    how: str, draw, protecting, started, tmp_path: Path
) -> None:
    for seed in range(4):
        draw(f"album/{seed}.png", seed=seed)
    program = Path(__file__).with_name("linkless.py")
    killed = subprocess.run([sys.executable, program, how, *protecting], cwd=tmp_path, check=False)
    assert killed.returncode == -signal.SIGKILL
    empty = [name for name, data in copies(tmp_path / "out").items() if not data]
    assert len(empty) == (how == "claims" or sys.platform != "linux")
    left = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    foreseen, err = started(*protecting, "--dry-run").communicate(timeout=300)
    assert (len(foreseen.splitlines()), err.count("\n")) == (4, 1)
    assert left == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    out, err = started(*protecting, "--json").communicate(timeout=300)
    assert err == ""
    assert [row["status"] for row in json.loads(out)["photos"]] == ["protected"] * 4
    assert all(copies(tmp_path / "out").values())
    assert not list((tmp_path / "out").glob(".unseen-*"))


def test_piped_there_is_no_progress_bar_and_the_table_is_wide(draw, protecting, started) -> None:
    draw("album/a_photo_with_a_long_name.png")
    process = started(*protecting)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert "\x1b" not in out
    assert 80 < max(map(len, out.splitlines())) <= 120
