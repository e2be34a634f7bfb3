import os
import pickle
import sys
from pathlib import Path, PurePath

import pytest

from unseen.address import Address, holds, is_address, named, resolved


@pytest.mark.parametrize("text", ["s3://bucket", "s3://bucket/a b/c.jpg", "gs://b/ü", "memory://a", "abfs+x://a/b:c"])
def test_an_address_is_told_as_it_was_named(text: str) -> None:
    address = named(text)
    assert isinstance(address, Address)
    assert str(address) == text
    assert os.fspath(address) == text
    assert pickle.loads(pickle.dumps(address)) == address
    assert f"{address.protocol}://{address.key}" == text


def test_it_behaves_like_a_path() -> None:
    address = named("s3://bucket/album/a.jpg")
    assert str(address.parent) == "s3://bucket/album"
    assert str(address.with_suffix(".png")) == "s3://bucket/album/a.png"
    assert str(address.parent / "deep/b.jpg") == "s3://bucket/album/deep/b.jpg"
    assert address.is_relative_to(named("s3://bucket"))
    assert {address: 1}[named("s3://bucket/album/a.jpg")] == 1
    assert str(address.relative_to(named("s3://bucket"))) == "album/a.jpg"


@pytest.mark.parametrize("below", ["x.jpg", "c:d.jpg", "s3:/x.jpg"])
def test_what_is_below_it_is_found_again(below: str) -> None:
    folder = named("s3://bucket/out")
    name = str((folder / below).relative_to(folder))
    assert folder / name == folder / below


def test_a_last_stroke_is_dropped() -> None:
    assert named("s3://bucket/album/") == named("s3://bucket/album")


@pytest.mark.parametrize("text", ["album", "/a/b", "C:\\photos", "c://x", "a:b", "S3://b", "://", "a/s3://b"])
def test_all_else_is_a_path(text: str) -> None:
    assert not is_address(text)
    assert named(text) == Path(text)


def test_files_by_protocol_are_paths() -> None:
    assert named("file:///home/me/a.jpg") == Path("/home/me/a.jpg")
    assert isinstance(named("file://a.jpg"), Path)


@pytest.mark.parametrize("text", ["s3://b//a.jpg", "s3:///a", "s3://b/../a", "s3://b/./a", "s3://b/a//", "s3://"])
def test_what_no_path_holds_is_known(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize("text", ["s3://b", "s3://b/", "s3://b/a/...", "s3://b/ /a"])
def test_what_a_path_holds_is_known(text: str) -> None:
    assert holds(text)
    assert PurePath(str(named(text))) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks for rights to make links")
def test_links_are_followed_as_far_as_they_lead(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to("photo.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    here = tmp_path.resolve()
    assert resolved(tmp_path / "link.jpg") == here / "photo.jpg"
    assert resolved(tmp_path / "loop.jpg") == here / "loop.jpg"
    assert resolved(named("s3://bucket/a.jpg")) == named("s3://bucket/a.jpg")
