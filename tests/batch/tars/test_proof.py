"""Kills at random moments while tars are protected and packed."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ..written import copies, told
from .runs import pieces

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="forks and kills as Linux does"),
]

KILLS = 10
SHARDS, SAMPLES = 15, 100


def small_shards(folder: Path) -> None:
    """Shards of photos, each with a class; in each one photo is damaged."""
    folder.mkdir()
    for shard in range(SHARDS):
        with tarfile.open(folder / f"{shard:03}.tar", "w") as tar:
            for number in range(SAMPLES):
                file = io.BytesIO()
                pixels = np.random.default_rng(shard * SAMPLES + number).integers(60, 200, (20, 24, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(file, "jpeg" if number % 2 else "png")
                photo = b"no photo" if number == shard else file.getvalue()
                for suffix, data in (("jpg" if number % 2 else "png", photo), ("cls", b"%d" % number)):
                    info = tarfile.TarInfo(f"{number:04}.{suffix}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))


def unseen(*arguments: object) -> None:
    program = [sys.executable, "-c", "from unseen.cli import main; main()", *map(str, arguments)]
    subprocess.run(program, capture_output=True, check=False, env=os.environ | {"OMP_NUM_THREADS": "1"})


@pytest.mark.parametrize("scheme", ["crop", "universal"])
def test_after_kills_tars_and_report_are_those_of_a_run_that_was_left_alone(
    scheme: str, tiny: str, tmp_path: Path
) -> None:
    small_shards(tmp_path / "in")
    protecting = ["protect", "--model", tiny, "--audit-model", "", str(tmp_path / "in"), "--scheme", scheme]
    out, whole, log, report = (tmp_path / name for name in ("out", "whole", "log", "report.json"))
    killing = [sys.executable, str(Path(__file__).parents[1] / "killed.py"), str(len(scheme)), str(KILLS), str(log)]
    subprocess.run(
        [*killing, *protecting, "-o", str(out), "--report", str(report)],
        check=True,
        capture_output=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    ends = log.read_text().splitlines()
    assert Counter(ends)["killed"] == KILLS, "the run was too short to be killed so often"
    assert ends[-1] == "finished with 1"
    unseen(*protecting, "-o", whole, "--report", tmp_path / "whole.json")
    assert len(copies(whole)) == SHARDS
    assert copies(out) == copies(whole)
    assert pieces(out) == 0
    assert told(report.read_text(), out) == told((tmp_path / "whole.json").read_text(), whole)
    statuses = Counter(row["status"] for row in json.loads(report.read_text())["photos"])
    assert (statuses["failed"], statuses.total()) == (SHARDS, SHARDS * SAMPLES)
    with tarfile.open(out / "003.tar") as tar:
        names = [Path(name).stem for name in tar.getnames()]
    assert names == [f"{number:04}" for number in range(SAMPLES) if number != 3 for _ in range(2)]
