from pathlib import Path

import pytest
from PIL import Image

from unseen.cli.demo import PHOTOS


@pytest.mark.proof
def test_the_demo_protects_its_photos_and_can_be_run_again(unseen, tmp_path: Path) -> None:
    for _ in range(2):
        result = unseen("demo", "-o", tmp_path / "demo")
        assert (result.code, result.err) == (0, "")
        assert f"{len(PHOTOS)} protected, 0 not achieved, 0 failed" in result.out
    for name in PHOTOS:
        with (
            Image.open(tmp_path / "demo/originals" / name) as before,
            Image.open(tmp_path / "demo/protected" / name) as after,
        ):
            assert before.size == after.size
    assert (tmp_path / "demo/report.html").read_text().count("data:image/jpeg") >= 3 * len(PHOTOS)


def test_without_its_photos_the_demo_says_what_to_install(unseen, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("unseen.cli.demo.find_spec", lambda name: None)
    result = unseen("demo", "-o", tmp_path / "demo")
    assert result.code == 2
    assert "pip install 'unseen[demo]'" in result.err
