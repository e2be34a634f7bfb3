"""`unseen serve` as a process, on sockets; what it serves is tested in tests/web."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

Served = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def served(started: Callable[..., "subprocess.Popen[str]"], tiny: str) -> Served:
    """Start a server with a quick network: the process and the address that it told."""

    def serve(*arguments: object, **options: object) -> tuple["subprocess.Popen[str]", str]:
        given = ("serve", "--port", 0, "--no-browser", "--model", tiny, "--audit-model", "", *arguments)
        process = started(*given, **options)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    return serve


def asked(address: str, **headers: str) -> int:
    try:
        with urlopen(Request(address, headers=headers), timeout=60) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def test_it_tells_its_address_and_answers_within_ten_seconds(served: Served) -> None:
    seconds = []
    for _ in range(3):  # the machine may be busy with something else meanwhile
        before = time.monotonic()
        _, address = served()
        assert address.startswith("http://127.0.0.1:")
        with urlopen(f"{address}healthz", timeout=60) as answer:
            told = json.load(answer)
        seconds.append(time.monotonic() - before)
        assert told["status"] == "ok"
        if seconds[-1] < 10:
            break
    assert min(seconds) < 10
    assert asked(f"{address}v1/models") == 200


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked_to(served: Served, ending: signal.Signals) -> None:
    process, address = served()
    assert asked(f"{address}healthz") == 200
    process.send_signal(ending)
    _, told = process.communicate(timeout=20)
    assert process.returncode == (0 if ending == signal.SIGINT else -signal.SIGTERM)
    assert "Traceback" not in told
    assert ("The studio is closed; nothing was kept." in told) == (ending == signal.SIGINT)


def test_another_address_than_the_machines_own_has_a_token(served: Served) -> None:
    _, address = served("--host", "0.0.0.0")
    page, _, token = address.partition("#token=")
    assert len(token) >= 32
    loopback = f"http://127.0.0.1:{page.rstrip('/').rpartition(':')[2]}/"
    assert asked(f"{loopback}v1/models") == 401
    assert asked(f"{loopback}v1/models", Authorization=f"Bearer {token}") == 200
    assert asked(f"{loopback}v1/models", Authorization=f"Bearer {token[:-1]}") == 401


def test_a_token_may_come_from_the_environment(served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNSEEN_TOKEN", "a-token-of-sixteen")
    _, address = served()
    assert address.endswith("#token=a-token-of-sixteen")
    assert asked(f"{address.partition('#')[0]}v1/models") == 401


def test_what_cannot_be_served_is_told_in_one_line(started, unseen, tiny: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lines = {
            ("--port", port): f"cannot listen on 127.0.0.1 port {port} (Address already in use); choose another --host",
            ("--host", "203.0.113.7"): "cannot listen on 203.0.113.7 port 8321",
            ("--model", "lite9"): "unknown classifier 'lite9'; did you mean",
            ("--model", ""): "nothing to protect against",
            ("--way", "hayao"): "--way 'hayao' is not NAME=SCHEME",
            ("--way", "mine=blurr"): "unknown scheme 'blurr'; did you mean 'blur'?",
            ("--way", "mine=style:hayao?weights=no.pth"): "no.pth",
            ("--token", "short"): "a token takes 16 letters",
        }
        for arguments, line in lines.items():
            result = unseen(
                "serve", "--no-browser", *(("--model", tiny) if "--model" not in arguments else ()), *arguments
            )
            assert result.code == 2, arguments
            assert line in result.err, arguments
            assert len(result.err.splitlines()) == 1, arguments


def test_networks_that_cannot_be_loaded_end_it(started, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def network():\n    raise RuntimeError('no weights')\n")
    process = started("serve", "--port", 0, "--no-browser", "--model", "broken.py:network")
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "broken.py" in told
    assert "Traceback" not in told
