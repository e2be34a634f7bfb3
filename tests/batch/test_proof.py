"""What only many photos and many processes show: kills, memory, full disks, damage."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.batch.home import FOLDER

from .written import copies, names, told

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, kills, mounts and measures as Linux does"),
]

KILLS = 50
ROUND = 800
MEASURE = """
import resource, subprocess, sys
program = "from unseen.cli import main; main()"
code = subprocess.run([sys.executable, "-c", program, *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def small_photos(folder: Path, count: int, *, folders: int = 7) -> None:
    for number in range(count):
        path = folder / str(number % folders) / f"{number:05}{'.jpg' if number % 2 else '.png'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(60, 200, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)


def unseen(*arguments: object, **options) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", "from unseen.cli import main; main()", *map(str, arguments)]
    options.setdefault("env", os.environ | {"OMP_NUM_THREADS": "1"})
    return subprocess.run(program, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def protecting(tiny: str, tmp_path: Path) -> list[str]:
    """Photos of the folder `album`; where to is to be added."""
    return ["protect", "--model", tiny, "--audit-model", "", str(tmp_path / "album"), "--scheme"]


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("scheme", "count"), [("crop", 1500), ("universal", 1500), ("replace", 600)])
def test_after_fifty_kills_nothing_is_lost_double_or_torn(
    scheme: str, count: int, protecting: list[str], tmp_path: Path
) -> None:
    small_photos(tmp_path / "album", count)
    for damaged in range(5):
        (tmp_path / "album" / f"damaged{damaged}.jpg").write_bytes(b"no photo")
    out, log = tmp_path / "out", tmp_path / "log"
    killing = [sys.executable, str(Path(__file__).with_name("killed.py")), str(len(scheme)), str(KILLS), str(log)]
    report = tmp_path / "report.json"
    subprocess.run(
        [*killing, *protecting, scheme, "-o", str(out), "--report", str(report)],
        check=True,
        capture_output=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    ends = log.read_text().splitlines()
    assert Counter(ends)["killed"] == KILLS, "the run was too short to be killed so often"
    assert ends[-1] == "finished with 1"
    whole = tmp_path / "whole"
    unseen(*protecting, scheme, "-o", whole, "--report", tmp_path / "whole.json")
    assert copies(out) == copies(whole)
    assert len(copies(out)) == count
    assert told(report.read_text(), out) == told((tmp_path / "whole.json").read_text(), whole)
    lines = [json.loads(line) for line in (out / FOLDER / "photos.jsonl").read_text().splitlines()]
    assert len({line["photo"] for line in lines if "photo" in line}) == count + 5
    again = unseen(*protecting, scheme, "-o", out, "--json")
    assert told(again.stdout, out) == told(report.read_text(), out)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_with_a_real_network_and_threads_of_its_own_no_byte_is_another(threads: str, draw, tmp_path: Path) -> None:
    for seed in range(6):
        draw(f"album/{seed}.png", seed=seed, size=(240, 200))
    environment = {"env": os.environ | {"OMP_NUM_THREADS": threads}}
    arguments = ["protect", tmp_path / "album", "--scheme", "replace?lanes=1", "--json"]
    batches = [
        told(
            unseen(*arguments, "-o", tmp_path / workers, "--workers", workers, **environment).stdout, tmp_path / workers
        )
        for workers in ("1", "3")
    ]
    beside = told(unseen(*arguments, env=os.environ | {"OMP_NUM_THREADS": "1"}).stdout, tmp_path)
    assert copies(tmp_path / "1") == copies(tmp_path / "3")
    assert batches[0] == batches[1]
    assert batches[0]["settings"] == beside["settings"]
    assert (batches[0]["settings"]["lanes"], batches[0]["settings"]["threads"]) == (1, 1)
    for name, data in copies(tmp_path / "1").items():
        assert data == (tmp_path / "album" / f"{Path(name).stem}-unseen.png").read_bytes()
    for row, other in zip(batches[0]["photos"], beside["photos"], strict=True):
        changed = {"input", "output", "audit"}
        assert {key: row[key] for key in row.keys() - changed} == {key: other[key] for key in other.keys() - changed}


@pytest.mark.timeout(3000)
def test_memory_does_not_grow_with_the_number_of_photos(protecting: list[str], tmp_path: Path) -> None:
    most = {}
    for count in (200, 20_000):
        small_photos(tmp_path / "album", count)
        arguments = [
            *protecting,
            "crop",
            "-o",
            str(tmp_path / f"out{count}"),
            "--report",
            str(tmp_path / f"{count}.json"),
        ]
        found = subprocess.run(
            [sys.executable, "-c", MEASURE, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "2"},
        )
        code, most[count] = map(int, found.stdout.split())
        assert code in (0, 1)
        assert len(json.loads((tmp_path / f"{count}.json").read_text())["photos"]) == count
    print(f"peak memory in KiB by photos: {most}")  # noqa: T201 - docs/scale.md tells it; -s shows it
    assert most[20_000] < 1.1 * most[200]


def test_a_disk_that_fills_in_the_middle_loses_nothing(protecting: list[str], tmp_path: Path) -> None:
    small_photos(tmp_path / "album", ROUND)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("only the system's administrator may mount a small disk")
    try:
        first = unseen(*protecting, "crop", "-o", disk / "out", "--json")
        assert first.returncode == 1
        assert "free some space and run again: " in first.stderr
        assert f"of {ROUND} photos are done, and the same command goes on from there" in first.stderr
        assert "Traceback" not in first.stderr
        done = copies(disk / "out")
        assert 0 < len(done) < ROUND
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        second = unseen(*protecting, "crop", "-o", disk / "out", "--json")
        assert unseen(*protecting, "crop", "-o", tmp_path / "whole").stderr == ""
        assert copies(disk / "out") == copies(tmp_path / "whole")
        assert done.items() <= copies(disk / "out").items()
        assert len(json.loads(second.stdout)["photos"]) == ROUND
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(protecting: list[str], tmp_path: Path) -> None:
    small_photos(tmp_path / "album", ROUND)
    out = tmp_path / "out"
    slow = [f"{word}?pause=0.03" if word.endswith(":network") else word for word in protecting]
    program = [sys.executable, "-c", "from unseen.cli import main; main()", *slow, "crop", "-o", str(out)]
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(program, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, **streams) as first:
        while not names(out):
            assert first.poll() is None
            time.sleep(0.01)
        second = unseen(*protecting, "crop", "-o", out)
        assert first.poll() is None, "the first run was too quick to be met"
        _, err = first.communicate(timeout=300)
    assert (second.returncode, err) == (2, "")
    assert second.stderr == f"Error: {out}: another run works in it; wait for its end or name another with -o\n"
    assert len(copies(out)) == ROUND


def test_five_percent_of_damaged_photos_are_accounted_for_and_stop_nothing(
    protecting: list[str], tmp_path: Path
) -> None:
    small_photos(tmp_path / "album", ROUND)
    rng = random.Random(0)
    paths = sorted((tmp_path / "album").rglob("*.??g"))
    damaged = rng.sample(paths, ROUND // 20)
    for path in damaged:
        data = path.read_bytes()
        path.write_bytes(data[: rng.randrange(len(data) // 2)])
    ended = unseen(*protecting, "crop", "-o", tmp_path / "out", "--json")
    rows = {Path(row["input"]): row for row in json.loads(ended.stdout)["photos"]}
    assert sorted(rows) == paths
    assert {path for path, row in rows.items() if row["status"] == "failed"} == set(damaged)
    assert all(row["error"].startswith(str(path)) for path, row in rows.items() if row["error"])
    assert len(copies(tmp_path / "out")) == ROUND - len(damaged)
