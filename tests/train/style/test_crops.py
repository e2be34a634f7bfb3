from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.errors import PhotoError, UnseenError
from unseen.train.style import crops as module
from unseen.train.style.crops import Crops, reduced


def opened(folder: Path, *, seed: int = 0, told: list[PhotoError] | None = None, crop: int = 32) -> Crops:
    tell = (lambda error: None) if told is None else told.append
    return Crops(folder, role="photos", crop=crop, seed=seed, besides=folder / "out", tell=tell)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures of one level each, so that every crop tells where it is from."""
    for number in range(5):
        path = tmp_path / "photos" / ("deep" if number % 2 else "") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (50 + number, 40), (50 * number,) * 3).save(path)
    return tmp_path / "photos"


def numbers_of(crops: torch.Tensor) -> list[int]:
    return [round((crop.mean().item() + 1) * 127.5 / 50) for crop in crops]


def test_every_picture_comes_once_before_any_comes_again(folder: Path) -> None:
    numbers = numbers_of(opened(folder).drawn(15))
    rounds = [numbers[start : start + 5] for start in (0, 5, 10)]
    assert all(sorted(turn) == [0, 1, 2, 3, 4] for turn in rounds)
    assert len({tuple(turn) for turn in rounds}) > 1
    assert numbers != numbers_of(opened(folder, seed=1).drawn(15))


def test_the_position_is_all_that_is_needed_to_go_on(draw, tmp_path: Path) -> None:
    for number in range(3):
        draw(f"{number}.png", seed=number)
    whole = opened(tmp_path).drawn(10)
    first = opened(tmp_path)
    first.drawn(4)
    second = opened(tmp_path)
    second.position = first.position
    assert torch.equal(second.drawn(6), whole[4:])


def test_crops_lie_anywhere_and_are_mirrored_half_of_the_time(tmp_path: Path) -> None:
    """Red tells the column and green the row: a crop says where it is from."""
    rows, columns = np.mgrid[0:36, 0:72]
    Image.fromarray(np.stack([columns * 3, rows * 3, rows * 0], 2).astype(np.uint8)).save(tmp_path / "a.png")
    levels = (opened(tmp_path).drawn(300) + 1) * 127.5
    mirrored = levels[:, 0, 0, 0] > levels[:, 0, 0, -1]
    assert 110 < mirrored.sum() < 190
    left, top = (levels[:, channel].amin((1, 2)).div(3).round().int() for channel in (0, 1))
    assert set(left.tolist()) == set(range(41))
    assert set(top.tolist()) == set(range(5))


def test_what_cannot_be_read_is_named_once_and_skipped(folder: Path) -> None:
    (folder / "3.jpg").write_bytes(b"no photo")
    Path(folder, "4b.jpg").write_bytes((folder / "0.png").read_bytes()[:60])
    told: list[PhotoError] = []
    numbers = numbers_of(opened(folder, told=told).drawn(20))
    assert sorted(set(numbers)) == [0, 1, 2, 3, 4]
    assert sorted(error.path.name for error in told) == ["3.jpg", "4b.jpg"]


def test_folders_without_a_readable_picture_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match="none: there is no such folder of photos"):
        opened(tmp_path / "none")
    with pytest.raises(UnseenError, match="no photos in this folder; name one that holds files such as"):
        opened(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no photo")
    (tmp_path / "b.jpg").write_bytes(b"nor this")
    told: list[PhotoError] = []
    with pytest.raises(UnseenError, match="none of its 2 pictures can be read; give other photos"):
        opened(tmp_path, told=told)
    assert len(told) == 2


def test_pictures_that_go_away_during_the_training_end_it_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_BYTES", 0)
    stream = opened(folder)
    for path in folder.rglob("*.png"):
        path.unlink()
    with pytest.raises(UnseenError, match="none of its 5 pictures can be read"):
        stream.drawn(1)


def test_own_output_is_no_photo(folder: Path) -> None:
    (folder / "out").mkdir()
    Image.new("RGB", (40, 40)).save(folder / "out" / "sheet.png")
    assert sorted(path.name for path in opened(folder).files) == [f"{number}.png" for number in range(5)]


def test_memory_is_bounded_and_says_nothing_about_the_crops(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = opened(folder).drawn(12)
    monkeypatch.setattr(module, "KEPT_BYTES", 36 * 46 * 3 + 1)
    stream = opened(folder)
    assert torch.equal(stream.drawn(12), kept)
    assert sum(pixels.nbytes for pixels in stream._kept.values()) <= module.KEPT_BYTES


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((40, 60, 3), (36, 54, 3)), ((400, 300, 1), (48, 36, 3)), ((1, 5000, 3), (36, 144, 3)), ((7, 3, 3), (84, 36, 3))],
)
def test_pictures_of_every_shape_are_brought_to_one_shorter_side(
    shape: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    assert reduced(np.full(shape, 77, np.uint8), 36).shape == expected


def test_other_pictures_are_told_from_these(folder: Path) -> None:
    former = opened(folder).digest
    assert former == opened(folder, seed=1).digest
    assert former.startswith("5 files (")
    (folder / "4.png").rename(folder / "5.png")
    assert opened(folder).digest != former


def test_samples_are_the_middles_of_pictures_from_all_over_the_folder(folder: Path) -> None:
    assert numbers_of(opened(folder).samples(2)) == [0, 4]  # in the order 0, 2, 4, deep/1, deep/3
    (folder / "4.png").write_bytes(b"no photo any more")
    assert numbers_of(opened(folder).samples(2)) == [0, 3]
    assert numbers_of(opened(folder).samples(3)) == [0, 2, 1]
    assert opened(folder).samples(9).shape == (4, 3, 32, 32)
