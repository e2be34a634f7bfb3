from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import astronaut, chelsea, coffee, rocket

from unseen.protect import load_networks
from unseen.report import PhotoRow


def copies(rows: list[PhotoRow]) -> dict[str, bytes]:
    return {Path(row.output).name: Path(row.output).read_bytes() for row in rows if row.output}


@pytest.mark.proof
def test_neighbours_and_order_change_no_byte_on_a_real_network(protect, protection, tmp_path: Path) -> None:
    by = replace(protection, surrogates=load_networks(["lite0"], "cpu"), held_out=())
    sources = []
    for number, pixels in enumerate((astronaut(), chelsea(), coffee(), rocket(), chelsea()[::-1], coffee()[::-1])):
        sources.append(tmp_path / f"{number}.jpg")
        Image.fromarray(pixels).save(sources[-1], quality=92)
    together = copies(protect(*sources, output=tmp_path / "together", by=by))
    assert len(together) == len(sources)
    assert copies(protect(*reversed(sources), output=tmp_path / "reversed", by=by)) == together
    pair = copies(protect(sources[5], sources[2], output=tmp_path / "pair", by=by))
    assert pair == {name: together[name] for name in ("2.jpg", "5.jpg")}
