"""A Ray cluster to work on: one that runs already, or one of this machine alone, which ends with the run."""

import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from unseen.errors import ClusterError, UnseenError
from unseen.interrupts import held_interrupts, kept_handler

_ANSWER = 5
"""Seconds in which an address has to answer."""

_SETTINGS = 4
"""The type of a frame of HTTP/2."""

_ANYWHERE = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # what Ray's own processes tell goes to their files
    "RAY_IGNORE_UNHANDLED_ERRORS": "1",  # they are handled
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or it warns that it will
    "RAY_ENABLE_AUTO_CONNECT": "0",  # a thread of its that outlives the run would start another cluster, open to all
}
_HERE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray's way, on every system, to open its ports to this machine only."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What there is to work with.

    Attributes:
        cores: of the machine that has most of them.
        all_cores: of all machines.
        gpus: of all machines.
        grows: whether it may get more machines than it has.
    """

    cores: int
    all_cores: int
    gpus: int
    grows: bool


@contextmanager
def joined(address: str | None) -> Iterator[Cluster]:
    """Within it, this process works with a cluster; nobody is told that it does.

    Args:
        address: host:port of one that runs; None starts one on this machine, and ends it.

    Raises:
        UnseenError: Ray is not installed, or no such address.
        ClusterError: nothing answers there, or nothing that fits.
    """
    own = _HERE | _token() if address is None else _HERE if _is_here_only(*_answering(address)) else {}
    with _environment(_ANYWHERE | own):
        ray = _imported()
        from unseen.batch.cluster.processes import end, started_with  # its psutil is of the same extra

        folder = None if address else tempfile.mkdtemp(prefix="unseen-")
        try:
            unbroken = nullcontext() if address else held_interrupts()
            # Ray would answer the signal itself, and crash in doing so.
            with warnings.catch_warnings(), _silenced(), kept_handler(signal.SIGTERM), unbroken:
                warnings.simplefilter("ignore")  # of Ray's own ways
                _start(ray, address, folder)
            yield _found(ray, grows=address is not None)
        finally:
            started = started_with(folder) if folder else []
            ray.shutdown()
            end(started)
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


def _imported() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        told = f"--engine ray: Ray Data is not installed here ({error})"
        raise UnseenError(f"{told}; install it with pip install 'unseen[ray]'") from error
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # It would print every worker's end among the account, and has no setting against that.
    ray._private.worker.print_to_stdstream = lambda *_, **__: None
    return ray


def _start(ray: Any, address: str | None, folder: str | None) -> None:
    """Join, or start a cluster that only this machine can reach."""
    quiet = {"log_to_driver": False, "configure_logging": False}
    try:
        if address is None:
            ray.init(address="local", include_dashboard=False, _temp_dir=folder, **quiet)
        else:
            ray.init(address=address, **quiet)
    except (ray.exceptions.RayError, ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = address or "this machine"
        told = f"{where}: no Ray cluster can be {'joined' if address else 'started'} there ({_first_line(error)})"
        raise ClusterError(f"{told}; {_REMEDY if address else 'leave out --engine ray'}") from error


_REMEDY = "give the host:port that 'ray start --head' told, on one of the cluster's machines"


def _answering(address: str) -> tuple[str, int]:
    """Host and port of a cluster, where one answers; Ray itself would try for minutes.

    Raises:
        UnseenError: no such address.
        ClusterError: no answer.
    """
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise UnseenError(f"--address {address}: is no host:port; {_REMEDY}")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER) as line:
            if os.environ.get("RAY_USE_TLS", "0") == "0":
                _require_http2(line)
    except OSError as error:
        told = f"{address}: no Ray cluster answers there ({error.strerror or error})"
        raise ClusterError(f"{told}; {_REMEDY}") from error
    return host, int(port)


def _is_here_only(host: str, port: int) -> bool:
    """Whether a cluster opens its ports to this machine only; else Ray asks for it by the machine's other address."""
    if host not in ("127.0.0.1", "localhost", "[::1]"):
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # nothing is sent: this only tells by which address it would be
            socket.create_connection((asking.getsockname()[0], port), timeout=_ANSWER).close()
        except OSError:
            return True
    return False


def _require_http2(line: socket.socket) -> None:
    """Refuse who does not speak as Ray's servers do: whoever is greeted answers with its settings (RFC 9113, 3.4)."""
    line.settimeout(_ANSWER)
    line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0]))
    header = line.recv(9, socket.MSG_WAITALL)
    if len(header) < 9 or header[3] != _SETTINGS:
        raise OSError("something else does")


def _found(ray: Any, *, grows: bool) -> Cluster:
    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    return Cluster(
        cores=max(int(machine.get("CPU", 0)) for machine in machines),
        all_cores=sum(int(machine.get("CPU", 0)) for machine in machines),
        gpus=sum(int(machine.get("GPU", 0)) for machine in machines),
        grows=grows,
    )


@cache  # Ray reads it once in a process
def _token() -> dict[str, str]:
    """A secret without which nobody else on this machine may give orders; in no file."""
    if "RAY_AUTH_MODE" in os.environ:
        return {}
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Within it, the environment of this process and of those that it starts."""
    former = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _silenced() -> Iterator[None]:
    """Within it, nothing comes to standard error past Python, where Ray tells that it was told to be silent."""
    sys.stderr.flush()
    former, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(former, 2)
        os.close(former)
        os.close(nowhere)


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
