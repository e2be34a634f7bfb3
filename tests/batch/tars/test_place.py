import pickle
import sys
from pathlib import Path

import pytest

from unseen.batch import DiskPlace, TarPlace, previews, walk
from unseen.batch.tars import listing, place
from unseen.errors import PhotoError, TooLargeError

from .runs import pieces


@pytest.fixture
def tars(tmp_path: Path) -> TarPlace:
    return TarPlace(DiskPlace(), tmp_path / "out")


def test_photos_come_out_of_tars_and_of_folders_that_are_called_so(shard, tars: TarPlace, tmp_path: Path) -> None:
    tar = shard("above.tar/x.tar", {"./cat/1.jpg": b"in the tar", "b.tar/2.jpg": b"in a folder"})
    (tmp_path / "above.tar/plain.jpg").write_bytes(b"beside it")
    assert tars.fetch(tar / "cat/1.jpg") == b"in the tar"
    assert tars.fetch(tar / "b.tar/2.jpg") == b"in a folder"
    assert tars.fetch(tmp_path / "above.tar/plain.jpg") == b"beside it"


def test_what_is_not_in_a_tar_any_more_is_told(shard, tars: TarPlace, tmp_path: Path) -> None:
    tar = shard("x.tar", {"1.jpg": b"1"})
    with pytest.raises(PhotoError, match=r"2\.jpg: is not in its tar any more; run again"):
        tars.fetch(tar / "2.jpg")
    assert tars.fetch(tar / "1.jpg") == b"1"
    shard("x.tar", {"1.txt": b"1" * 20_000})
    with pytest.raises(PhotoError, match="is not in its tar any more"):
        tars.fetch(tar / "1.jpg")
    tar.unlink()
    with pytest.raises(PhotoError, match="does not exist"):
        tars.fetch(tar / "1.jpg")


def test_photos_that_are_too_large_are_refused_unread(shard, tars: TarPlace, monkeypatch) -> None:
    tar = shard("x.tar", {"1.jpg": b"123"})
    monkeypatch.setattr(place, "MAX_BYTES", 2)
    with pytest.raises(TooLargeError):
        tars.fetch(tar / "1.jpg")


def test_few_tars_are_known_by_name_at_a_time_and_each_is_looked_into_once(shard, tars: TarPlace, monkeypatch) -> None:
    looked: list[str] = []
    listed = listing.listed
    monkeypatch.setattr(place, "listed", lambda tar: (looked.append(tar.name), listed(tar))[1])
    paths = [shard(f"{number}.tar", {f"{index}.jpg": b"x" for index in range(5)}) for number in range(6)]
    for tar in paths:
        for index in range(5):
            tars.fetch(tar / f"{index}.jpg")
    assert looked == [tar.name for tar in paths]
    assert len(tars._listings) == 2


def test_a_copy_is_a_piece_until_it_is_in_its_tar(shard, tars: TarPlace, go, tmp_path: Path) -> None:
    target = tmp_path / "out/x.tar/cat/1.jpg"
    staged = tars.stage(target, b"copy")
    assert tars.mark(target) is None
    tars.publish(staged, over=False)
    assert (tars.mark(target), tars.fetch(target), staged.target) == (staged.mark, b"copy", target)
    assert pieces(tmp_path / "out") == 1
    assert not (tmp_path / "out/x.tar").exists()
    assert tars.marks(tmp_path / "out", ["x.tar/cat/1.jpg", "plain.jpg"]) == [staged.mark, None]
    tars.remove(target)
    assert tars.mark(target) is None


def test_nothing_of_it_matters_where_there_are_no_tars(tars: TarPlace, tmp_path: Path) -> None:
    target = tmp_path / "out/a.target.jpg"
    tars.publish(tars.stage(target, b"copy"), over=False)
    assert target.read_bytes() == b"copy"
    assert tars.digest(target) == DiskPlace().digest(target)
    assert tars.marks(tmp_path / "out", ["a.target.jpg"]) == [DiskPlace().mark(target)]


def test_it_goes_to_other_processes(shard, tars: TarPlace) -> None:
    tar = shard("x.tar", {"1.jpg": b"1"})
    tars.fetch(tar / "1.jpg")
    assert pickle.loads(pickle.dumps(tars)).fetch(tar / "1.jpg") == b"1"


def test_previews_are_made_of_pieces_and_of_packed_tars_alike(shard, go, tars: TarPlace, tmp_path: Path) -> None:
    whole, cut = shard("whole.tar", {"1.png": 1}), shard("cut.tar", {"1.png": 2})
    last = len(cut.read_bytes().rstrip(b"\0"))
    cut.write_bytes(cut.read_bytes()[: last + -last % 512])
    rows = [row for row in go(whole, cut).rows if row.status != "failed"]
    assert not (tmp_path / "out/cut.tar").exists()
    shown = previews(rows, tars)
    assert list(shown) == [f"{whole}/1.png", f"{cut}/1.png"]
    assert all(preview.before != preview.after for preview in shown.values())


def test_a_tar_is_listed_when_its_turn_comes(shard, tmp_path: Path, monkeypatch) -> None:
    for number in range(20):
        shard(f"album/{number:02}.tar", {"1.jpg": b"x"})
    looked: list[str] = []
    module = sys.modules["unseen.batch.walk"]  # the package has a function of that name
    monkeypatch.setattr(module, "listed", lambda tar: (looked.append(tar.name), listing.listed(tar))[1])
    assert next(walk([tmp_path / "album"], tmp_path / "out", {})).source == f"{tmp_path}/album/00.tar/1.jpg"
    assert looked == ["00.tar"]
