"""A file server on this machine that can cut a connection, and a cache folder of the test's own."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class FileServer:
    """What a server has, what it was asked for, and how often it will still hang up in the middle of a file."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def handler_for(server: FileServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.begin(200, 0)

        def do_GET(self) -> None:
            server.asked.append(self.path)
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
            content = self.begin(206 if start else 200, start)
            if server.cuts.get(self.path, 0) > 0:
                server.cuts[self.path] -= 1
                content = content[: len(content) // 2]
            self.wfile.write(content)

        def begin(self, status: int, start: int) -> bytes:
            content = server.files.get(self.path)
            self.send_response(404 if content is None else status)
            if content is not None:  # the headers by which the hub tells a file's version and SHA-256
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", "0" * 40)
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            else:
                self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", str(len(content or b"") - start))
            self.end_headers()
            return (content or b"")[start:]

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[FileServer]:
    served = FileServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(served))
    served.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield served
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNSEEN_CACHE", str(folder))
    return folder


@pytest.fixture
def closed_url() -> str:
    """An address that nothing listens on."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    http.server_close()
    return f"http://127.0.0.1:{http.server_port}"
