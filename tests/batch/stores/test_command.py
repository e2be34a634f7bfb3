"""`unseen protect` from and into object stores: what people read."""

import json
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unseen.address import Address
from unseen.batch.stores.objects import explaining, listed, read, store_of
from unseen.cli import main
from unseen.errors import FullError, PhotoError

from ..written import copies
from .conftest import forget, objects_in, put

PAGE = Path(__file__).parents[3] / "docs" / "scale.md"
Protect = Callable[..., tuple[int, str, str]]


@pytest.fixture
def protect(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tiny: str) -> Protect:
    """Run `unseen protect` against a quick network: exit code, and what was said."""

    def run(*arguments: object) -> tuple[int, str, str]:
        command = ["unseen", "protect", "--model", tiny, "--audit-model", "", "--scheme", "replace"]
        monkeypatch.setattr(sys, "argv", [*command, *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_a_bucket_is_protected_into_a_folder_and_into_a_bucket(
    album, bucket: Address, protect: Protect, tmp_path: Path
) -> None:
    put(bucket / "album", copies(album(6)))
    page = tmp_path / "page.html"
    assert protect(f"{bucket}/album/", "-o", tmp_path / "out", "--report", page)[::2] == (0, "")
    assert page.read_text().count("data:image/jpeg") == 18
    code, out, err = protect(f"{bucket}/album", "-o", f"{bucket}/out", "--json")
    assert (code, err) == (0, "")
    assert [row["output"] for row in json.loads(out)["photos"]] == [
        f"{bucket}/out/{n}" for n in objects_in(bucket / "out")
    ]
    assert objects_in(bucket / "out") == copies(tmp_path / "out")
    assert protect(f"{bucket}/album", "-o", f"{bucket}/out", "--json") == (code, out, err)


def test_a_dry_run_tells_the_names_and_writes_nothing(album, store: Address, protect: Protect) -> None:
    put(store / "album", copies(album(2, folders=1)))
    told = protect(store / "album", "-o", store / "out", "--dry-run")
    assert told[1].splitlines() == [
        f"{store}/album/0/{name} -> {store}/out/0/{name}" for name in ("00000.png", "00001.jpg")
    ]
    assert (told[0], told[2]) == (0, "2 photos would be protected; nothing was written\n")
    assert objects_in(store / "out") == {}
    assert protect(store / "album", "-o", store / "out")[0] == 0
    assert "but for what a former run did" in protect(store / "album", "-o", store / "out", "--dry-run")[2]


def test_a_dry_run_after_runs_knows_their_copies_and_leaves_the_record_as_it_is(
    album, store: Address, protect: Protect
) -> None:
    photos = sorted(copies(album(4, folders=1)).items())
    for count in (1, 3):  # so that there are several segments
        put(store / "album", dict(photos[:count]))
        assert protect(store / "album", "-o", store / "out")[0] == 0
    put(store / "album", dict(photos) | {"0/theirs.png": photos[0][1]})
    put(store / "out", {"0/theirs.png": photos[0][1]})
    record = store / "out/.unseen"
    before = {name: read(record / name) for name, _ in listed(record)}
    code, out, err = protect(store / "album", "-o", store / "out", "--dry-run")
    assert {name: read(record / name) for name, _ in listed(record)} == before
    assert out.splitlines() == [
        *(f"{store}/album/{name}: has a copy already, {store}/out/{name}" for name, _ in photos[:3]),
        f"{store}/album/{photos[3][0]} -> {store}/out/{photos[3][0]}",
    ]
    assert "theirs.png exists already, and is not what was written there before" in err
    assert code == 1


def test_of_many_photos_a_dry_run_tells_what_they_take(album, store: Address, protect: Protect) -> None:
    put(store / "album", copies(album(20)))
    code, out, _ = protect(store / "album", "-o", store / "out", "--dry-run")
    assert (code, out.split(":")[0]) == (0, "20 photos would be protected")


def test_a_table_of_labels_names_photos_by_address(album, store: Address, protect: Protect, tmp_path: Path) -> None:
    put(store / "album", copies(album(2, folders=1)))
    (tmp_path / "labels.csv").write_text(f"file,label\n{store}/album/0/00001.jpg,thing 4\n")
    labels = ["--labels", tmp_path / "labels.csv", "--json"]
    _, out, _ = protect(store / "album", "-o", tmp_path / "out", *labels)
    first, other = json.loads(out)["photos"]
    assert other["models"][0]["reference"] == "thing 4"
    assert first["models"][0]["reference"] != "thing 4"


def test_files_by_protocol_are_files(album, protect: Protect, tmp_path: Path) -> None:
    assert protect(f"file://{album(2)}", "-o", f"file://{tmp_path}/out")[0] == 0
    assert len(copies(tmp_path / "out")) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{s}/album"], "copies beside the photos are for files on a disk; give -o"),
        (["{s}//album", "-o", "out"], "is no address; write such as s3://bucket/album, with single strokes"),
        (["{s}/../a", "-o", "out"], "is no address; write such as s3://bucket/album, with single strokes"),
        (["{s}/album", "-o", "out", "--report", "{s}/a.html"], "a report is a file on this machine; name one"),
        (["{s}/none", "-o", "out"], "there is no such object, folder or bucket; check its name"),
        (["s3://unseen-none/a", "-o", "out"], "there is no such object, folder or bucket; check its name"),
        (["{s}/album", "-o", "s3://unseen-none/a"], "there is no such bucket; create it or name another"),
        (["{s}/notes", "-o", "out"], "no photos in this folder; name one that holds files such as"),
        (["no-such://a/b", "-o", "out"], "cannot be used (Protocol not known: no-such); name a folder, or"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    arguments: list[str], told: str, bucket: Address, draw, protect: Protect, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(bucket, {"album/a.jpg": draw("a.jpg").read_bytes(), "notes/a.txt": b"x"})
    code, out, err = protect(*(word.format(s=bucket) for word in arguments))
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1


def test_without_credentials_it_says_so(bucket: Address, protect: Protect, monkeypatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    forget()
    code, _, err = protect(bucket, "-o", tmp_path / "out")
    assert code == 2
    assert err.endswith("no credentials were found; give them as for the store's own tools, such as with AWS_PROFILE\n")


@pytest.mark.parametrize("protocol", ["s3", "gs", "az"])
def test_what_is_not_installed_is_named(protocol: str, protect: Protect, monkeypatch, tmp_path: Path) -> None:
    for library in ("s3fs", "gcsfs", "adlfs"):
        monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr(sys.modules["fsspec.registry"], "registry", {})
    store_of.cache_clear()
    extra = {"s3": "stores", "gs": "stores-gs", "az": "stores-az"}[protocol]
    told = f"Error: {protocol}:// needs more than is installed; run pip install 'unseen[{extra}]'\n"
    assert protect(f"{protocol}://bucket/album", "-o", tmp_path / "out") == (2, "", told)


def test_what_may_not_be_done_is_told() -> None:
    address = Address("s3://bucket/a.jpg")
    for done, kind in (("read", PhotoError), ("written", FullError)):
        with (
            pytest.raises(kind, match=f"a.jpg: may not be {done}; check the credentials and what they allow"),
            explaining(address, done, kind),
        ):
            raise PermissionError("Access Denied")
    with (
        pytest.raises(PhotoError, match=r"cannot be read \(ConnectionError\); check the network"),
        explaining(address, "read"),
    ):
        raise ConnectionError


def test_what_the_page_tells_to_type_runs(environment: None, album, protect: Protect) -> None:
    section = PAGE.read_text("utf-8").partition("\n## Object stores\n")[2]
    commands = re.findall(r"^    unseen protect (.*)$", section, re.MULTILINE)
    assert commands
    store_of("s3").mkdir("bucket")
    put(Address("s3://bucket/album"), copies(album(2)))
    for line in commands:
        assert protect(*shlex.split(line))[0] == 0
    assert len(objects_in(Address("s3://bucket/for-sharing"))) == 2
