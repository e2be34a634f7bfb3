"""A cluster of two workers on this machine, started by the command and ended with it."""

import sys
from pathlib import Path

import pytest

from ..written import copies, told
from .sessions import unseen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as Linux shows them")


def test_two_workers_make_the_bytes_and_the_report_of_one_machine(draw, tiny: str, tmp_path: Path) -> None:
    for number in range(70):
        draw(f"album/{number % 3}/{number:02}{'.jpg' if number % 2 else '.png'}", seed=number, size=(40, 30))
    (tmp_path / "album/1/broken.jpg").write_bytes(b"no photo")
    (tmp_path / "album/2/twice.jpg").write_bytes((tmp_path / "album/2/02.png").read_bytes())
    (tmp_path / "album/2/twice.png").write_bytes((tmp_path / "album/0/06.png").read_bytes())
    home = tmp_path / "home"
    home.mkdir()
    arguments = ["protect", tmp_path / "album", "--model", tiny, "--audit-model", f"{tiny}?seed=1", "--json", "-o"]
    here = unseen(*arguments, tmp_path / "here")
    there = unseen(*arguments, tmp_path / "there", "--engine", "ray", "--workers", 2, HOME=str(home))
    assert (there.returncode, there.stderr) == (here.returncode, here.stderr) == (1, "")
    assert told(there.stdout, tmp_path / "there") == told(here.stdout, tmp_path / "here")
    assert copies(tmp_path / "there") == copies(tmp_path / "here")
    assert "has the name of another photo's copy" in there.stdout
    assert list(home.rglob("*")) == []
    again = unseen(*arguments, tmp_path / "there")
    assert (again.returncode, again.stdout) == (1, there.stdout)
