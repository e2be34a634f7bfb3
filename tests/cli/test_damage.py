"""A folder in which most photos are damaged: each ends in a copy or in one line, and none stops the others."""

import json
import random
from pathlib import Path

import pytest
from PIL import Image

DAMAGED = 300
KINDS = {"jpg": {"quality": 90}, "png": {}, "webp": {"quality": 80}, "tiff": {}, "avif": {}}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes cut short, or with some of them changed, most often near the start."""
    wounded = bytearray(data)
    if rng.random() < 0.2:
        return bytes(wounded[: rng.randrange(len(wounded))])
    for _ in range(rng.choice((1, 2, 8))):
        wounded[rng.randrange(min(len(wounded), rng.choice((60, 600, len(wounded)))))] = rng.randrange(256)
    return bytes(wounded)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3))
def test_damaged_photos_do_not_stop_the_others(seed: int, draw, protect, tmp_path: Path) -> None:
    rng = random.Random(seed)
    album = tmp_path / "album"
    for number, (kind, saving) in enumerate(list(KINDS.items()) * 2):
        draw(f"whole/{number}.{kind}", seed=number, **saving)
    whole = sorted((tmp_path / "whole").iterdir())
    album.mkdir()
    for number in range(DAMAGED):
        source = rng.choice(whole)
        (album / f"damaged-{number}{source.suffix}").write_bytes(damaged(source.read_bytes(), rng))
    for number, source in enumerate(whole):
        (album / f"whole-{number}{source.suffix}").write_bytes(source.read_bytes())
    result = protect(album, "-o", tmp_path / "out", "--json")
    rows = json.loads(result.out)["photos"]
    assert result.err == ""
    assert len(rows) == DAMAGED + len(whole)
    for row in rows:
        if Path(row["input"]).name.startswith("whole"):
            assert row["status"] != "failed", row["error"]
        if row["status"] == "failed":
            assert row["error"].startswith(row["input"])
            assert "\n" not in row["error"]
            assert "unexpected" not in row["error"]
            assert row["output"] is None
        else:
            with Image.open(row["output"]) as copy:
                copy.load()
    written = {str(path) for path in (tmp_path / "out").glob("[!.]*")}
    assert written == {row["output"] for row in rows if row["output"]}
    assert result.code == int(any(row["status"] != "protected" for row in rows))
    statuses = [row["status"] for row in rows]
    assert min(statuses.count("failed"), statuses.count("protected")) > 30, "too light or too deep to prove anything"
