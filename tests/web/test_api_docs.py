"""docs/api.md: every curl in it runs against a real server, and prints what the page says."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import chelsea, coffee

from unseen.web.limits import MEGABYTE, MEGAPIXEL, Limits
from unseen.web.offer import Offer

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
TOKEN = "a-token-of-this-test"
EXAMPLES = re.findall(r"^```sh\n(.*?)^```(?:\n```(?:json|text)\n(.*?)^```)?", PAGE, re.DOTALL | re.MULTILINE)
SENT = "Authorization: Bearer $UNSEEN_TOKEN"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder as the page imagines it."""
    (tmp_path / "album").mkdir()
    for name, pixels in {
        "photo": chelsea(),
        "other": coffee(),
        "album/1": chelsea()[:, ::-1],
        "album/2": coffee(),
    }.items():
        Image.fromarray(pixels).resize((160, 120)).save(tmp_path / f"{name}.jpg", quality=90)
    (tmp_path / "notes.txt").write_text("I am no photo.")
    return tmp_path


@pytest.mark.proof
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_every_example_runs(serve, album: Path) -> None:
    offer = Offer(models=("lite0",), audit_models=("lite2",), device="cpu")
    plain, locked = serve(offer), serve(offer, app={"token": TOKEN})
    for script, wanted in EXAMPLES:
        url = (locked if SENT in script else plain).url
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace("http://localhost:8321", url)],
            cwd=album,
            env={"PATH": "/usr/bin:/bin", "UNSEEN_TOKEN": TOKEN},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, f"{script}\n{ended.stdout}\n{ended.stderr}"
        assert not wanted or ended.stdout.strip() == wanted.strip()
    assert {path.name for path in (album / "out").iterdir()} == {"photo.jpg", "1.jpg", "2.jpg"}
    for name, form in {
        "protected.jpg": "JPEG",
        "protected.png": "PNG",
        "out/1.jpg": "JPEG",
        "photo.png": "PNG",
    }.items():
        with Image.open(album / name) as picture:
            assert picture.format == form
    steps = [json.loads(line)["stage"] for line in (album / "steps.ndjson").read_text().splitlines()]
    assert steps[-1] == "done"
    assert all(name in (album / "report.html").read_text() for name in ("photo.jpg", "other.jpg"))


def test_no_example_is_missed() -> None:
    assert len(EXAMPLES) > 10
    assert PAGE.count("curl -") == sum(script.count("curl -") for script, _ in EXAMPLES)


def test_the_limits_are_those_of_the_server() -> None:
    limits = Limits()
    told = {"bytes", "held", "pixels", "waiting", "waiting_each", "seconds", "stall"}
    assert {field.name for field in fields(limits)} == told
    assert f"{limits.pixels // MEGAPIXEL} megapixels (`--megapixels`)" in PAGE
    assert f"| {limits.stall:g} seconds without a byte |" in PAGE
    assert f"{limits.bytes // MEGABYTE} MiB (`--megabytes`)" in PAGE
    assert f"| {limits.waiting_each} (half of `--waiting`) |" in PAGE
    assert f"| {limits.waiting} (`--waiting`), {limits.held // MEGABYTE // 1024} GiB of photos |" in PAGE
    assert f"| {limits.seconds:g} seconds (`--seconds`) |" in PAGE


def test_every_address_is_told(client) -> None:
    told = client().get("/openapi.json").json()["paths"]
    assert all(path in PAGE for path in told)
