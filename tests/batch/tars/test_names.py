import os
from pathlib import Path

import braceexpand
import pytest
from webdataset.tariterators import base_plus_ext

from unseen.batch.tars.names import expanded, is_compressed, is_hidden, is_tar, known_as, plain, sample_of, split


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("a.tar/cat/1.jpg", ("a.tar", "cat/1.jpg")),
        ("deep/er.d/a-000.TAR/1.jpg", ("deep/er.d/a-000.TAR", "1.jpg")),
        ("a.tar", ("a.tar", "")),
        ("a.tar/b.tar/1.jpg", ("a.tar", "b.tar/1.jpg")),
        ("a.tart/1.jpg", None),
        ("a.target.jpg", None),
        (".tar/1.jpg", None),
        ("folder/.tar/1.jpg", None),
        ("1.jpg", None),
    ],
)
def test_a_name_leads_into_the_first_tar_that_it_names(place: str, found: tuple[str, str] | None) -> None:
    assert split(place) == found


def test_tars_are_told_by_their_suffix() -> None:
    assert [name for name in ("a.tar", "A.TAR", "a.tar.gz", ".tar", "x/.tar", "tar", "a.jpg") if is_tar(name)] == [
        "a.tar",
        "A.TAR",
    ]
    assert [name for name in ("a.tar", "a.tar.gz", "a.TGZ", "a.gz") if is_compressed(name)] == ["a.tar.gz", "a.TGZ"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./cat//1.jpg", "cat/1.jpg"),
        ("cat/./1.jpg", "cat/1.jpg"),
        ("/etc/1.jpg", None),
        ("../1.jpg", None),
        ("cat/../1.jpg", None),
        ("a..b/1.jpg", "a..b/1.jpg"),
        ("1\0.jpg", None),
    ],
)
def test_a_member_that_leads_out_of_its_tar_has_no_plain_name(name: str, path: str | None) -> None:
    assert plain(name) == path


@pytest.mark.parametrize(
    ("name", "known"), [("./cat//1.jpg", "cat/1.jpg"), ("../1.jpg", "../1.jpg"), ("./cat/1\0.jpg", "./cat/1\\0.jpg")]
)
def test_every_member_is_known_by_a_name_that_can_be_told(name: str, known: str) -> None:
    assert known_as(name) == known


@pytest.mark.parametrize("name", ["1.jpg", "a/b/1.left.jpg", "a.b/1.tar.gz", "x/0001.seg.png", "ü/日.cls"])
def test_samples_are_those_of_webdataset(name: str) -> None:
    assert sample_of(name) == base_plus_ext(name)[0]


def test_hidden_is_what_begins_with_a_dot() -> None:
    assert all(map(is_hidden, (".a.jpg", "b/._a.jpg", ".c/a.jpg")))
    assert not any(map(is_hidden, ("./a.jpg", "../a.jpg", "a.jpg")))


@pytest.mark.parametrize(
    "name",
    [
        "shards-{000..011}.tar",
        "{a,b}/x-{8..11}.tar",
        "x-{07..10}.tar",
        "x-{3..1}.tar",
        "x-{0..2}-of-{2..2}.tar",
        "plain.tar",
        "x-{one}.tar",
    ],
)
def test_braces_are_written_out_as_webdataset_does(name: str) -> None:
    assert list(expanded([name])) == list(braceexpand.braceexpand(name))


def test_braces_of_what_is_no_tar_or_is_there_are_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "x-{1..2}.tar"
    there.touch()
    assert list(expanded(["{a,b}.jpg", os.fspath(there)])) == ["{a,b}.jpg", os.fspath(there)]
