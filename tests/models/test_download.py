import contextlib
import hashlib
import os
import pty
import termios
from pathlib import Path

import pytest

from unseen.errors import ModelError
from unseen.models.download import cache_folder, cached, fetch

from .conftest import FileServer

CONTENT = os.urandom(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def left_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def everything_on(controller: int) -> str:
    """What was written to a pseudo-terminal whose other end is closed."""
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that there is no more
        while part := os.read(controller, 10_000):
            shown += part
    os.close(controller)
    return shown.decode()


def test_a_file_is_downloaded_once(server: FileServer, cache: Path) -> None:
    server.files["/net.safetensors"] = CONTENT
    url = f"{server.url}/net.safetensors"
    assert cached(url) is None
    path = fetch(url)
    assert path.read_bytes() == CONTENT
    assert path.suffix == ".safetensors"
    assert path.parent == cache == cache_folder()
    assert fetch(url) == cached(url) == path
    assert server.asked == ["/net.safetensors"]


def test_a_cut_connection_is_tried_again(server: FileServer, cache: Path) -> None:
    server.files["/net.pth"], server.cuts["/net.pth"] = CONTENT, 1
    assert fetch(f"{server.url}/net.pth").read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_after_cuts_the_next_start_is_clean(server: FileServer, cache: Path) -> None:
    server.files["/net.pth"], server.cuts["/net.pth"] = CONTENT, 2
    with pytest.raises(ModelError, match=r"/net\.pth: cannot be downloaded: the connection was cut; connect"):
        fetch(f"{server.url}/net.pth")
    assert left_in(cache) == []
    assert fetch(f"{server.url}/net.pth").read_bytes() == CONTENT


def test_another_sha256_is_refused(server: FileServer, cache: Path) -> None:
    server.files["/net.pth"] = CONTENT
    with pytest.raises(ModelError, match=f"SHA-256 {SHA256} where {'0' * 64} was expected"):
        fetch(f"{server.url}/net.pth", "0" * 64)
    assert left_in(cache) == []
    assert fetch(f"{server.url}/net.pth", SHA256.upper()).read_bytes() == CONTENT


def test_the_digits_in_a_name_are_verified(server: FileServer, cache: Path) -> None:
    right, wrong = f"/net-{SHA256[:8]}.pth", "/net-00000000.pth"
    server.files |= {right: CONTENT, wrong: CONTENT}
    assert fetch(server.url + right).read_bytes() == CONTENT
    with pytest.raises(ModelError, match="where 00000000 was expected"):
        fetch(server.url + wrong)
    assert len(left_in(cache)) == 1


def test_an_unverified_file_does_not_stand_in_for_a_verified_one(server: FileServer, cache: Path) -> None:
    server.files["/net.pth"] = CONTENT
    fetch(f"{server.url}/net.pth")
    assert cached(f"{server.url}/net.pth", "0" * 64) is None


def test_a_missing_file_is_the_address_fault(server: FileServer, cache: Path) -> None:
    with pytest.raises(
        ModelError, match=r"/none\.pth: cannot be downloaded: the server answers 404 .*correct the addr"
    ):
        fetch(f"{server.url}/none.pth")
    assert left_in(cache) == []


def test_offline_is_one_line(closed_url: str, cache: Path) -> None:
    with pytest.raises(
        ModelError, match="no connection; connect to the internet once, or give a file you have"
    ) as told:
        fetch(f"{closed_url}/net.pth")
    assert "\n" not in str(told.value)


def test_a_cache_that_cannot_be_written_is_named(server: FileServer, cache: Path) -> None:
    server.files["/net.pth"] = CONTENT
    cache.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="UNSEEN_CACHE"):
        fetch(f"{server.url}/net.pth")


def test_progress_is_shown_on_a_terminal_only(
    server: FileServer, cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files |= {"/a.pth": CONTENT, "/b.pth": CONTENT}
    fetch(f"{server.url}/a.pth")
    assert capsys.readouterr() == ("", "")
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    with os.fdopen(terminal, "w") as screen:
        monkeypatch.setattr("sys.stderr", screen)
        fetch(f"{server.url}/b.pth")
    shown = everything_on(controller)
    assert "100%" in shown
    assert "300k" in shown


def test_without_the_variable_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNSEEN_CACHE", raising=False)
    assert cache_folder().name == "unseen"
