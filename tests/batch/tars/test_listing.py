import gzip
import os
import sys
import tarfile
from pathlib import Path

import pytest

from unseen.batch.tars.listing import listed


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def folder(name: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE
    return info


def test_photos_are_found_in_the_order_of_the_tar_with_where_they_are(shard) -> None:
    members = {"b/2.JPG": b"second", "b/2.cls": b"1", "a.png": b"first, but later", "a.txt": b""}
    tar = shard("x.tar", members)
    os.utime(tar, ns=(5, 7))
    found = listed(tar)
    data = tar.read_bytes()
    assert {name: data[one.offset : one.offset + one.size] for name, one in found.photos.items()} == {
        "b/2.JPG": b"second",
        "a.png": b"first, but later",
    }
    assert list(found.photos) == ["b/2.JPG", "a.png"]
    assert (found.size, found.mtime, found.problem) == (len(data), 7, None)


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_names_of_any_letters_and_length_are_read_in_every_format(format: int, shard) -> None:
    names = ["./cat/1.jpg", "ü/日本.jpg", "long/" + "x" * 90 + "/1.jpg"]
    if format != tarfile.USTAR_FORMAT:
        names += ["longer/" + "y" * 400 + ".jpg", os.fsdecode(b"bad\xff.jpg")]
    found = listed(shard("x.tar", dict.fromkeys(names, b"photo"), format=format))
    assert list(found.photos) == [name.removeprefix("./") for name in names]
    assert not any(member.problem for member in found.photos.values())


def test_what_cannot_be_carried_over_as_it_is_is_told(shard) -> None:
    tar = shard(
        "x.tar",
        {
            "/etc/1.jpg": b"a",
            "../2.jpg": b"b",
            "3.jpg": b"c",
            "./3.jpg": b"d",
            "4.jpg": link("4.jpg", "/etc/passwd"),
            "5.jpg": link("5.jpg", "3.jpg", tarfile.LNKTYPE),
            "6.jpg": folder("6.jpg"),
            "7.jpg": link("7.jpg", "", tarfile.FIFOTYPE),
        },
    )
    assert {name: member.problem for name, member in listed(tar).photos.items()} == {
        "/etc/1.jpg": f"{tar}//etc/1.jpg: has a name that leads out of the tar; give it another",
        "../2.jpg": f"{tar}/../2.jpg: has a name that leads out of the tar; give it another",
        "3.jpg": f"{tar}/./3.jpg: is in the tar twice; leave one of the two",
        "4.jpg": f"{tar}/4.jpg: is a link in the tar; pack it as a plain file",
        "5.jpg": f"{tar}/5.jpg: is a link in the tar; pack it as a plain file",
        "7.jpg": f"{tar}/7.jpg: is stored in a way that is not read in the tar; pack it as a plain file",
    }


def test_hidden_photos_are_left_alone(shard) -> None:
    assert list(listed(shard("x.tar", {"._1.jpg": b"a", ".git/1.jpg": b"b", "1.jpg": b"c"})).photos) == ["1.jpg"]


@pytest.mark.parametrize("cut", [1, 100, 512, 700, 1024, 1536, 1600, 2048, 3072])
def test_of_a_tar_that_is_cut_anywhere_what_is_whole_is_found(cut: int, shard) -> None:
    tar = shard("x.tar", {"1.jpg": b"x" * 600, "2.jpg": b"y" * 600})  # 512 + 1024 each, and two blocks of zeros
    data = tar.read_bytes()
    tar.write_bytes(data[:cut])
    found = listed(tar)
    assert list(found.photos) == [name for name, end in (("1.jpg", 1536), ("2.jpg", 3072)) if end <= cut]
    assert found.problem.startswith(f"{tar}: is cut or damaged ")
    assert found.problem.endswith("so no tar is made of it; fetch it again, and run again")


def test_of_a_tar_that_is_damaged_in_the_middle_what_is_before_is_found(shard) -> None:
    tar = shard("x.tar", {"1.jpg": b"x" * 600, "2.jpg": b"y" * 600, "3.jpg": b"z"})
    data = bytearray(tar.read_bytes())
    data[1536:1600] = b"\xff" * 64
    tar.write_bytes(data)
    found = listed(tar)
    assert list(found.photos) == ["1.jpg"]
    assert "is cut or damaged after byte 1112 (ends before it is whole)" in found.problem


@pytest.mark.parametrize("below", [b"\xff" * 11 + b"\x00", b"\xff" * 10 + b"\xe0\x00"])
def test_a_size_below_zero_ends_the_search(below: bytes, shard) -> None:
    tar = shard("x.tar", {"1.jpg": b"x", "2.jpg": b"y" * 600})
    info = tarfile.TarInfo("2.jpg")
    info.size = 0
    header = bytearray(info.tobuf())
    header[124:136] = below  # in base 256
    header[148:156] = b"%06o\0 " % (sum(header[:148] + b" " * 8 + header[156:]) & 0o777777)
    data = bytearray(tar.read_bytes())
    data[1024:1536] = header
    tar.write_bytes(data)
    found = listed(tar)
    assert list(found.photos) == ["1.jpg"]
    assert "is cut or damaged" in found.problem


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is cut or damaged or no tar"),
        (b"no tar at all", "is cut or damaged or no tar"),
        (gzip.compress(b"x" * 5000), "is compressed, and only plain tars are read; unpack it with gunzip first"),
        (b"BZh9", "unpack it with bunzip2 first"),
    ],
)
def test_what_is_no_plain_tar_is_told(content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    found = listed(tmp_path / "x.tar")
    assert not found.photos
    assert told in found.problem


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
def test_a_tar_that_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    assert listed(tmp_path / "x.tar").problem == f"{tmp_path}/x.tar: does not exist; check its name"
    assert "cannot be read (is not a regular file)" in listed(tmp_path).problem
    os.mkfifo(tmp_path / "pipe.tar")
    assert "cannot be read (is not a regular file)" in listed(tmp_path / "pipe.tar").problem


def test_an_empty_tar_is_whole(shard) -> None:
    found = listed(shard("x.tar", {}))
    assert (dict(found.photos), found.problem) == ({}, None)
