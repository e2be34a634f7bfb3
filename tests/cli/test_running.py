import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from unseen.cli import running
from unseen.protect import Outcome, protect_photos


def test_a_photo_that_failed_is_not_held_until_the_run_ends(
    protect, draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        draw(f"album/{number}.jpg", seed=number).write_bytes(b"\xff\xd8\xff")
    held: list[weakref.ref[Exception]] = []

    def noting(*arguments: object, **options: object) -> Iterator[Outcome]:
        for outcome in protect_photos(*arguments, **options):  # type: ignore[arg-type]
            gc.collect()
            assert all(problem() is None for problem in held[:-1]), "the one before may still be on its way"
            assert outcome.problem is not None
            held.append(weakref.ref(outcome.problem))
            yield outcome

    monkeypatch.setattr("unseen.protect.making.CHUNK_PHOTOS", 1)
    monkeypatch.setattr(running, "protect_photos", noting)
    result = protect(tmp_path / "album")
    assert result.code == 1
    assert "6 failed" in result.out
    assert len(held) == 6
