"""What only kills and a server that goes away show."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from unseen.address import Address
from unseen.batch.home import FOLDER
from unseen.batch.stores.objects import listed, read, store_of

from ..written import copies
from .conftest import objects_in, put

pytestmark = [pytest.mark.proof, pytest.mark.skipif(sys.platform != "linux", reason="forks and kills as Linux does")]

KILLS = 10
PHOTOS = 300
KILLED = Path(__file__).parents[1] / "killed.py"
ONE_THREAD = {"OMP_NUM_THREADS": "1"}


def report(path: Path, *folders: object) -> dict[str, object]:
    """A report without what another run cannot have: seconds, and the names of its folders."""
    text = path.read_text()
    for number, folder in enumerate(folders):
        text = text.replace(str(folder), f"folder{number}")
    told = json.loads(text)
    for row in told["photos"]:
        row.pop("seconds")
    return told


@pytest.fixture
def protecting(tiny: str) -> list[str]:
    """Slowly enough to be met."""
    return ["protect", "--model", f"{tiny}?pause=0.01", "--audit-model", "", "--scheme", "crop"]


def start(arguments: list[object], **options: object) -> "subprocess.Popen[str]":
    program = [sys.executable, "-c", "from unseen.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | ONE_THREAD, **options
    )


def test_after_ten_kills_nothing_is_lost_or_double(
    album, bucket: Address, protecting: list[str], tmp_path: Path
) -> None:
    folder = album(PHOTOS)
    (folder / "damaged.jpg").write_bytes(b"no photo")
    put(bucket / "album", copies(folder))
    out, log, told = bucket / "out", tmp_path / "log", tmp_path / "told.json"
    slow = [word.replace("pause=0.01", "pause=0.03") for word in protecting]
    killing = [sys.executable, KILLED, 7, KILLS, log, *slow, bucket / "album", "-o", out, "--report", told]
    environment = os.environ | ONE_THREAD | {"UNSEEN_TEST_LONGEST": "6"}
    subprocess.run([*map(str, killing)], check=True, capture_output=True, env=environment)
    ends = log.read_text().splitlines()
    assert Counter(ends)["killed"] == KILLS, "the run was too short to be killed so often"
    assert ends[-1] == "finished with 1"
    whole = tmp_path / "whole"
    _, err = start([*slow, folder, "-o", whole, "--report", tmp_path / "whole.json"]).communicate(timeout=300)
    assert err == ""
    assert objects_in(out) == copies(whole)
    assert len(copies(whole)) == PHOTOS
    assert report(told, bucket / "album", out) == report(tmp_path / "whole.json", folder, whole)
    names = [name for name, _ in listed(out / FOLDER)]
    assert len(names) <= 5
    assert "lock" not in names
    lines = [json.loads(line) for name in sorted(names) for line in read(out / FOLDER / name).splitlines()]
    assert len({line["photo"] for line in lines if "photo" in line}) == PHOTOS + 1


def test_a_second_run_is_refused_and_harms_nothing(album, bucket: Address, protecting: list[str]) -> None:
    out = bucket / "out"
    slow = [word.replace("pause=0.01", "pause=0.1") for word in protecting]
    arguments = [*slow, album(PHOTOS), "-o", out]
    with start(arguments) as first:
        while not objects_in(out):
            assert first.poll() is None
            time.sleep(0.1)
        with start(arguments) as second:
            _, refused = second.communicate(timeout=100)
        assert first.poll() is None, "the first run was too quick to be met"
        _, err = first.communicate(timeout=300)
    assert (second.returncode, err) == (2, "")
    assert refused.startswith(f"Error: {out}: another run works in it (")
    assert refused.endswith("; wait for its end or name another with -o\n")
    assert len(objects_in(out)) == PHOTOS


def test_a_server_that_goes_away_stops_a_run_that_writes_there(
    album, environment: None, protecting: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = [sys.executable, str(Path(__file__).with_name("server.py"))]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    ) as own:
        monkeypatch.setenv("AWS_ENDPOINT_URL", own.stdout.readline().strip())
        store_of("s3").mkdir("album")
        out = Address("s3://album/out")
        with start([*protecting, album(PHOTOS), "-o", out]) as run:
            while not objects_in(out):
                assert run.poll() is None
                time.sleep(0.1)
            own.kill()
            _, err = run.communicate(timeout=300)
    assert run.returncode == 1
    assert "check the network and the store, and run again: " in err
    assert "photos are done, and the same command goes on from there" in err
    assert "Traceback" not in err
