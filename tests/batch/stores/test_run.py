"""A run from and into object stores: as one on a disk, and the same bytes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

import pytest

from unseen.address import Address
from unseen.batch import AnyPlace, Local, Record, Run, deciding, walk
from unseen.batch.home import FOLDER
from unseen.batch.stores import objects
from unseen.batch.stores.objects import listed, store_of, write
from unseen.batch.stores.place import StorePlace
from unseen.errors import FullError, PhotoError
from unseen.protect import Protection
from unseen.report import PhotoRow
from unseen.schemes import Crop

from ..written import copies
from .conftest import objects_in, put

Go = Callable[..., list[PhotoRow]]


class Watched(AnyPlace):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def fetch(self, source: PurePath) -> bytes:
        self.read.append(source.name)
        return super().fetch(source)


@pytest.fixture
def go(cropping: Protection) -> Go:
    """Run over an album into a folder; which photos' bytes were read is in `go.read`, and the rows in `go.rows`."""

    def run(source: PurePath, output: PurePath, by: Protection = cropping, **options: object) -> list[PhotoRow]:
        place = Watched()
        with Record(output) as record:
            settings, _ = record.settings(deciding(by, {}))
            try:
                Run(record, settings, place, **options).protect(walk([source], output, {}), Local(2, 8), by, ())
            finally:
                run.read = sorted(place.read)
                run.rows = list(record.rows())
        return run.rows

    return run


def told(rows: list[PhotoRow], source: PurePath, output: PurePath) -> list[PhotoRow]:
    """Rows without what another run cannot have."""
    return [
        replace(
            row,
            seconds=0,
            input=row.input.replace(str(source), "IN"),
            output=row.output and row.output.replace(str(output), "OUT"),
            error=row.error and row.error.replace(str(source), "IN").replace(str(output), "OUT"),
        )
        for row in rows
    ]


def segments(output: Address) -> list[str]:
    return sorted(name for name, _ in listed(output / FOLDER))


@pytest.fixture
def uploaded(album, store: Address) -> tuple[Path, Address]:
    """The same photos in a folder and in a store."""
    folder = album(12)
    (folder / "broken.jpg").write_bytes(b"no photo")
    put(store / "album", copies(folder))
    return folder, store / "album"


def test_from_and_into_a_store_are_the_bytes_and_rows_of_a_disk(
    uploaded: tuple[Path, Address], go: Go, tmp_path: Path
) -> None:
    folder, album = uploaded
    expected = told(go(folder, tmp_path / "disk"), folder, tmp_path / "disk")
    for number, (source, output) in enumerate(
        [(folder, album.parent / "from disk"), (album, tmp_path / "into"), (album, album.parent / "both")]
    ):
        rows = go(source, output)
        assert told(rows, source, output) == expected, number
        written = copies(output) if isinstance(output, Path) else objects_in(output)
        assert written == copies(tmp_path / "disk")
        assert all(row.output is None or row.output.startswith(f"{output}/") for row in rows)
        assert go(source, output) == rows
        assert [name for name in go.read if name != "broken.jpg"] in ([], sorted(Path(name).name for name in written))


def test_what_is_done_in_s3_is_neither_read_nor_asked_for_one_by_one(
    album, bucket: Address, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bucket / "album", copies(album(12)))
    rows = go(bucket / "album", bucket / "out")
    requests: list[str] = []
    call = type(store_of("s3"))._call_s3

    async def counted(self: object, method: str, *arguments: object, **options: object) -> object:
        requests.append(method)
        return await call(self, method, *arguments, **options)

    monkeypatch.setattr(type(store_of("s3")), "_call_s3", counted)
    assert go(bucket / "album", bucket / "out") == rows
    assert go.read == []
    assert requests.count("list_objects_v2") <= 3 * 4 + 4
    assert not [name for name in segments(bucket / "out") if "lock" in name]


def test_only_what_is_new_changed_or_gone_is_done(album, store: Address, draw, go: Go, tmp_path: Path) -> None:
    put(store / "album", copies(album(6, folders=1)))
    out = store / "out"
    go(store / "album", out)
    before = objects_in(out)
    put(store / "album", {"0/00001.jpg": draw("x.jpg", seed=99).read_bytes()})
    put(store / "album", {"0/new.png": draw("x.png", seed=98).read_bytes()})
    store_of(store.protocol).rm_file((out / "0/00004.png").key)
    store_of(store.protocol).rm_file((store / "album/0/00005.jpg").key)
    rows = go(store / "album", out)
    assert go.read in (
        ["00001.jpg", "00004.png", "new.png"],  # where the store tells digests
        ["00000.png", "00001.jpg", "00001.jpg", "00002.png", "00003.jpg", "00004.png", "new.png"],
    )
    assert [Path(row.input).name for row in rows] == [f"0000{n}.{'jpg' if n % 2 else 'png'}" for n in range(5)] + [
        "new.png"
    ]
    after = objects_in(out)
    assert {name for name in before if after[name] != before[name]} == {"0/00001.jpg"}


def test_other_settings_do_all_again_and_replace_what_they_replace(
    album, store: Address, go: Go, cropping: Protection
) -> None:
    album, out = album(4), store / "out"
    go(album, out)
    before = objects_in(out)
    go(album, out, replace(cropping, pictures=(Crop(ratio=0.5),)))
    after = objects_in(out)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert {row.status for row in go(album, out, replace(cropping, format="png"))} <= {"protected", "not_achieved"}
    assert {Path(name).suffix for name in objects_in(out)} == {".png"}


def test_an_object_that_nobody_knows_is_refused_and_left_as_it_is(album, store: Address, go: Go) -> None:
    folder, out = album(3, folders=1), store / "out"
    put(out, {"0/00001.jpg": b"somebody else's"})
    rows = go(folder, out)
    assert [row.error for row in rows if row.error] == [
        f"{folder}/0/00001.jpg: its copy {out}/0/00001.jpg exists already, and is not what was written there before; "
        "move it away or choose another -o"
    ]
    assert objects_in(out)["0/00001.jpg"] == b"somebody else's"


@pytest.mark.parametrize("over", [False, True])
def test_an_object_that_appears_meanwhile_is_left_as_it_is(
    over: bool, album, store: Address, go: Go, cropping: Protection, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = album(3, folders=1), store / "out"
    if over:
        go(folder, out)
    publish = StorePlace.publish

    def late(self: StorePlace, staged: object, *, over: bool) -> None:
        if staged.target.name == "00001.jpg":
            write(staged.target, b"somebody else's")
        publish(self, staged, over=over)

    with monkeypatch.context() as patched:
        patched.setattr(StorePlace, "publish", late)
        rows = go(folder, out, replace(cropping, pictures=(Crop(ratio=0.5),)))
    assert [row.status for row in rows].count("failed") == 1
    assert rows[1].output is None
    assert objects_in(out)["0/00001.jpg"] == b"somebody else's"


def test_a_process_that_died_between_row_and_name_leaves_nothing_to_refuse(
    album, store: Address, go: Go, cropping: Protection, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*arguments: object, **options: object) -> None:
        raise Died

    folder, out = album(4, folders=1), store / "out"
    for by in (cropping, replace(cropping, pictures=(Crop(ratio=0.5),)), replace(cropping, format="png")):
        with monkeypatch.context() as patched:
            patched.setattr(StorePlace, "publish", die)
            with pytest.raises(Died):
                go(folder, out, by)
        assert [row.error for row in go(folder, out, by)] == [None] * 4
        assert len(objects_in(out)) == 4


@pytest.mark.parametrize("refused", ["photos", "00004"])
def test_a_store_that_takes_no_more_stops_the_run_and_the_rest_is_done_later(
    refused: str, album, store: Address, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = album(12, folders=1), store / "out"
    library = store_of(store.protocol)
    pipe = library.pipe_file
    rows_kept: list[int] = []

    def full(path: str, data: bytes, **options: object) -> object:
        rows_kept.append(refused in path)
        if refused in path and (refused != "photos" or sum(rows_kept) > 2):
            raise OSError("no more room")
        return pipe(path, data, **options)

    with monkeypatch.context() as patched:
        patched.setattr(library, "pipe_file", full)
        with pytest.raises(FullError, match=r"cannot be written \(no more room\); check the network and the store"):
            go(folder, out)
        told = {row.output for row in go.rows}
    assert told == {f"{out}/{name}" for name in objects_in(out)}, "what is told is there"
    rows = go(folder, out)
    assert [row.error for row in rows] == [None] * 12
    assert len(objects_in(out)) == 12


@pytest.mark.parametrize("asked", ["listed", "found"])
def test_a_store_that_does_not_tell_what_lies_there_ends_the_run_and_what_was_done_stands(
    asked: str, album, store: Address, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, out = album(12), store / "out"

    def silent(address: Address) -> object:
        if address.is_relative_to(out / "2"):
            raise PhotoError(address, f"cannot be {asked} (no answer)", "check the network and the store")
        return ask(address)

    ask = getattr(objects, asked)
    with monkeypatch.context() as patched:
        patched.setattr(f"unseen.batch.stores.place.{asked}", silent)
        if asked == "listed":
            go(album(1, "first", folders=1), out / "2")  # else there is no folder to be listed
        with pytest.raises(FullError, match=rf"/out/2: cannot be {asked} \(no answer\); check the network"):
            go(folder, out)
    done = [row.output for row in go.rows]
    assert done == sorted(f"{out}/{name}" for name in objects_in(out) if not name.startswith("2/"))
    assert len(done) == 8
    assert [row.error for row in go(folder, out)] == [None] * 12


def test_a_photo_that_cannot_be_fetched_is_a_failed_row(
    album, store: Address, go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store / "album", copies(album(4, folders=1)))
    read = objects.read

    def broken(address: Address) -> bytes:
        if address.name == "00002.png":
            raise PhotoError(address, "cannot be read (gone)", "check the network")
        return read(address)

    with monkeypatch.context() as patched:
        patched.setattr("unseen.batch.stores.place.read", broken)
        rows = go(store / "album", tmp_path / "out")
    assert [row.error for row in rows if row.error] == [
        f"{store}/album/0/00002.png: cannot be read (gone); check the network"
    ]
    assert [row.error for row in go(store / "album", tmp_path / "out", retry_failed=True)] == [None] * 4


def test_names_that_a_store_cannot_hold_are_refused(draw, store: Address, go: Go, tmp_path: Path) -> None:
    draw("album/a.jpg")
    (tmp_path / "album/a.jpg").rename(tmp_path / "album" / os.fsdecode(b"bad\xff.jpg"))
    draw("album/b.jpg?versionId=3.jpg")
    errors = [row.error for row in go(tmp_path / "album", store / "out")]
    assert "would get another name; rename the photo" in errors[0]
    assert "would have a name that is no Unicode; rename the photo" in errors[1]


def test_the_record_can_be_read_by_anyone(album, store: Address, go: Go) -> None:
    folder, out = album(3), store / "out"
    go(folder, out)
    (name,) = segments(out)
    data = store_of(out.protocol).cat_file((out / FOLDER / name).key)
    header, settings, *lines = map(json.loads, data.splitlines())
    assert header["format"] == 1
    assert settings["settings"]["pictures"][0]["scheme"] == "Crop"
    assert {line["photo"] for line in lines} == {str(path) for path in folder.rglob("*.??g")}


def test_without_an_address_nothing_of_fsspec_is_loaded(album, tiny: str, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom unseen.cli import main\ntry: main()\nexcept SystemExit as end: code = end.code\n"
        "assert not {'fsspec', 's3fs', 'botocore'} & set(sys.modules), sorted(sys.modules)\nsys.exit(code)"
    )
    arguments = ["protect", "--model", tiny, "--audit-model", "", "--scheme", "crop", album(2), "-o", tmp_path / "o"]
    command = [sys.executable, "-c", program, *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "AssertionError" not in ended.stderr
    assert len(copies(tmp_path / "o")) == 2
