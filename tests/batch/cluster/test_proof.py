"""What only real clusters show: workers that are killed, runs that are stopped, disks that fill, joining."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ..written import copies, names, told
from .sessions import PROGRAM, end_all, free_port, left_over, processes_of, start, unseen

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="looks up, kills and mounts as Linux does"),
]

PHOTOS = 240
USAGE = b"RAY_USAGE_STATS_ENABLED=0"
DASHBOARD = "session_latest/logs/dashboard.log"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
DEADLY = """
import os, signal, torch
class Deadly(torch.nn.Module):
    class_names = ("one", "two")
    def forward(self, images):
        if images.shape[-1] == 33:
            os.kill(os.getpid(), signal.SIGKILL)
        return images.mean((2, 3))[:, :2]
def network():
    return Deadly()
"""


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for number in range(PHOTOS):
        path = tmp_path / "album" / str(number % 3) / f"{number:04}{'.jpg' if number % 2 else '.png'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(60, 200, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
    return tmp_path / "album"


@pytest.fixture
def protecting(album: Path, tiny: str) -> Callable[[float], list[str]]:
    """The command but for -o; every question to its network takes so many seconds."""
    return lambda pause: [
        *("protect", str(album), "--model", f"{tiny}?pause={pause}", "--audit-model", "", "--scheme", "crop", "--json")
    ]


@pytest.fixture
def started() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the command, which Ctrl-C can end; one that has ended leaves no process, whatever a test does."""
    program = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{PROGRAM}"
    processes: list[subprocess.Popen[str]] = []

    def start_one(*arguments: object, **environment: str) -> "subprocess.Popen[str]":
        processes.append(start(*arguments, program=program, **environment))
        return processes[-1]

    yield start_one
    left = [left_over(process.pid) for process in processes if process.poll() is not None]
    for process in processes:
        end_all(process.pid)
        process.communicate()
    assert not any(left)


def wait_for(found: Callable[[], object], process: "subprocess.Popen[str]", seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def workers(session: int) -> list[int]:
    lines = processes_of(session)
    return [number for number, line in lines.items() if line.startswith("ray::MapWorker(MapBatches(Worker))")]


def untold(session: int) -> dict[int, str]:
    """Those that may think they have to report how Ray is used."""
    found = {}
    for number, line in processes_of(session).items():
        with suppress(OSError):  # it ended meanwhile
            environment = Path(f"/proc/{number}/environ").read_bytes()
            has_written_over_it = environment.startswith(b"\0")  # with its title
            if number != session and not has_written_over_it and USAGE not in environment.split(b"\0"):
                found[number] = line
    return found


def folders_of(session: int) -> set[Path]:
    """Where its clusters keep what is theirs."""
    lines = processes_of(session).values()
    return {Path(found) for line in lines for found in re.findall(r"/\S*/unseen-\w+(?=/)", line)}


def inodes_of(number: int) -> set[str]:
    """What a process has open, as its descriptors call it."""
    found = set[str]()
    with suppress(FileNotFoundError, PermissionError):  # it may end meanwhile
        for link in Path(f"/proc/{number}/fd").iterdir():
            with suppress(FileNotFoundError):  # a file may be closed meanwhile
                found.add(str(link.readlink()))
    return found


def left_aside(folder: Path) -> list[Path]:
    return list(folder.rglob(".unseen-*.part"))


def test_a_worker_that_is_killed_is_replaced_and_its_photos_come_once(protecting, started, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    process = started(*protecting(0.05), "-o", there, "--engine", "ray", "--workers", 2)
    wait_for(lambda: len(left_aside(there)) > 1, process)  # one is the run's own, to see whether folders are shared
    victim = workers(process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (1, "")
    expected = unseen(*protecting(0.05), "-o", here)
    assert told(out, there) == told(expected.stdout, here)
    assert copies(there) == copies(here)
    assert len(copies(there)) == PHOTOS
    assert left_aside(there) == []
    lines = [json.loads(line) for line in (there / ".unseen/photos.jsonl").read_text().splitlines()]
    assert sum("photo" in line for line in lines) == PHOTOS


def test_a_photo_that_kills_every_worker_ends_the_run_in_one_line(album: Path, started, draw, tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    draw("album/2/zzz.png", size=(33, 20))
    arguments = [
        "protect",
        album,
        "--model",
        f"{tmp_path / 'deadly.py'}:network",
        "--audit-model",
        "",
        "--scheme",
        "crop",
    ]
    process = started(*arguments, "-o", tmp_path / "out", "--engine", "ray", "--workers", 1)
    # Of shards of 32 the last begins with photo 224 of those before it in the plan.
    first = sorted((album / "2").iterdir())[224 - 2 * PHOTOS // 3]
    _, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert err.startswith(f"Error: {first}: it, or one of the 16 photos after it, ")
    assert err.endswith("took 4 workers of the cluster with it; leave it out, or give workers more memory\n")
    assert err.count("\n") == 1
    assert len(copies(tmp_path / "out")) > PHOTOS // 2
    assert left_aside(tmp_path / "out") == []


@pytest.mark.parametrize("to_all", [False, True])
def test_ctrl_c_leaves_whole_copies_and_the_same_command_goes_on(
    to_all: bool, protecting, started, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started(*protecting(0.05), "-o", out, "--engine", "ray", "--workers", 2)
    wait_for(lambda: len(names(out)) - len(left_aside(out)) > 40, process)
    pressed = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)  # as a terminal does, or a program
    said, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert time.monotonic() - pressed < 30
    done = copies(out)
    assert 0 < len(done) < PHOTOS
    assert left_aside(out) == []
    assert err == (
        f"Error: interrupted after {len(done)} of {PHOTOS} photos: "
        "their copies are whole, and the same command goes on from there\n"
    )
    assert len(json.loads(said)["photos"]) == len(done)
    again = unseen(*protecting(0.05), "-o", out)  # this machine alone
    assert len(json.loads(again.stdout)["photos"]) == PHOTOS
    assert done.items() <= copies(out).items()


@pytest.mark.parametrize("to_all", [False, True])
@pytest.mark.parametrize("found", ["gcs_server", "raylet", "ray::MapWorker"])
def test_ctrl_c_while_a_cluster_starts_leaves_nothing_of_it(
    found: str, to_all: bool, protecting, started, tmp_path: Path
) -> None:
    process = started(*protecting(0.05), "-o", tmp_path / "out", "--engine", "ray", "--workers", 2)
    wait_for(lambda: any(found in line for line in processes_of(process.pid).values()), process)
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert [line.partition(" after ")[0] for line in err.split("\n") if line] == ["Error: interrupted"]
    assert processes_of(process.pid) == {}


def test_a_run_that_is_ended_by_the_system_leaves_no_worker_and_goes_on_later(
    protecting, started, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started(*protecting(0.05), "-o", out, "--engine", "ray", "--workers", 2)
    wait_for(lambda: len(names(out)) - len(left_aside(out)) > 40, process)
    folders = folders_of(process.pid)
    try:
        process.terminate()
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (-signal.SIGTERM, "")
        left = left_over(process.pid)  # Ray's agents look for others to tell first, for a minute
        assert all(line.startswith(("ray::DashboardAgent", "ray::RuntimeEnvAgent")) for line in left.values())
    finally:
        end_all(process.pid)
        for folder in folders:
            shutil.rmtree(folder)
    done = copies(out)
    again = unseen(*protecting(0.05), "-o", out)
    assert len(json.loads(again.stdout)["photos"]) == PHOTOS
    assert done.items() <= copies(out).items()


def test_a_disk_that_fills_stops_the_run_and_with_room_it_goes_on(protecting, started, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("only the system's administrator may mount a small disk")
    try:
        process = started(*protecting(0), "-o", disk / "out", "--engine", "ray", "--workers", 2)
        _, err = process.communicate(timeout=240)
        assert process.returncode == 1
        assert f"of {PHOTOS} photos are done, and the same command goes on from there" in err
        assert err.count("\n") == 1
        done = copies(disk / "out")
        assert 0 < len(done) < PHOTOS
        assert left_aside(disk) == []
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        process = started(*protecting(0), "-o", disk / "out", "--engine", "ray", "--workers", 2)
        out, err = process.communicate(timeout=240)
        assert err == ""
        assert len(json.loads(out)["photos"]) == PHOTOS
        assert done.items() <= copies(disk / "out").items()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize(
    "threads", ["1", pytest.param("2", marks=pytest.mark.skipif(CORES < 2, reason="a worker would take two cores"))]
)
def test_with_a_real_network_and_threads_of_its_own_no_byte_is_another(threads: str, draw, tmp_path: Path) -> None:
    for seed in range(6):
        draw(f"photos/{seed}.png", seed=seed, size=(240, 200))
    arguments = ["protect", tmp_path / "photos", "--scheme", "replace", "--json", "-o"]
    here = unseen(*arguments, tmp_path / "here", OMP_NUM_THREADS=threads)
    there = unseen(*arguments, tmp_path / "there", "--engine", "ray", OMP_NUM_THREADS=threads)
    assert there.stderr == ""
    assert told(there.stdout, tmp_path / "there") == told(here.stdout, tmp_path / "here")
    assert copies(tmp_path / "there") == copies(tmp_path / "here")


@pytest.fixture
def running() -> Iterator[str]:
    """The address of a cluster that runs, and that this machine alone can reach."""
    port = free_port()
    folder = Path("/tmp") / f"ray-{port}"  # paths of sockets have to be short
    given = f"start --head --node-ip-address=127.0.0.1 --port={port} --num-cpus=2 --include-dashboard=false"
    given += f" --disable-usage-stats --temp-dir={folder} --min-worker-port=0 --max-worker-port=0"
    program = "from ray.scripts.scripts import main; main()"
    process = start(*given.split(), program=program, RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0")  # ports on loopback only
    try:
        _, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        yield f"127.0.0.1:{port}"
    finally:
        end_all(process.pid)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_a_cluster_that_runs_is_joined_and_goes_on_running(protecting, running: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    expected = unseen(*protecting(0), "-o", here)
    for folder in (there, tmp_path / "again"):
        joined = unseen(*protecting(0), "-o", folder, "--engine", "ray", "--address", running)
        assert joined.stderr == ""
        assert told(joined.stdout, folder) == told(expected.stdout, here)
        assert copies(folder) == copies(here)


def test_no_usage_is_reported_and_no_port_is_open_to_others(protecting, started, tmp_path: Path) -> None:
    on = {"RAY_USAGE_STATS_ENABLED": "1"}  # as who uses Ray for other things may have it
    process = started(*protecting(0.05), "-o", tmp_path / "out", "--engine", "ray", "--workers", 1, **on)
    wait_for(lambda: workers(process.pid), process)
    family = processes_of(process.pid)
    assert any("gcs_server" in line for line in family.values())
    assert any("UsageStatsHead" in line for line in family.values())
    # One that was just forked has its parent's environment until it runs its own program.
    wait_for(lambda: not untold(process.pid), process, seconds=30)
    (folder,) = folders_of(process.pid)
    wait_for(lambda: "Usage reporting is disabled." in (folder / DASHBOARD).read_text(), process, seconds=30)
    inodes = {inode for number in family for inode in inodes_of(number)}
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    listening = [line.split() for table in tables for line in table]
    own = [(one[1], one[3]) for one in listening if one[3] == "0A" and f"socket:[{one[9]}]" in inodes]
    assert own
    assert all(address.startswith(("0100007F", "0000000000000000FFFF00000100007F")) for address, _ in own)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)


def test_tars_come_out_as_on_one_machine(album: Path, tiny: str, tmp_path: Path) -> None:
    for number in range(2):
        with tarfile.open(tmp_path / f"shard-{number}.tar", "w") as tar:
            tar.add(album / str(number), arcname="photos")
    shards = [tmp_path / "shard-0.tar", tmp_path / "shard-1.tar"]
    arguments = ["protect", *shards, "--model", tiny, "--audit-model", "", "--json", "-o"]
    here = unseen(*arguments, tmp_path / "here")
    there = unseen(*arguments, tmp_path / "there", "--engine", "ray", "--workers", 2)
    assert (there.returncode, there.stderr) == (here.returncode, here.stderr)
    assert told(there.stdout, tmp_path / "there") == told(here.stdout, tmp_path / "here")
    assert copies(tmp_path / "there").keys() == {"shard-0.tar", "shard-1.tar"}
    assert copies(tmp_path / "there") == copies(tmp_path / "here")
