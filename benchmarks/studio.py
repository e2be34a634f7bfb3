"""What a server adds to protecting: its photos a second beside the engine's own, alone and with eight clients at once.

    python benchmarks/studio.py

In every round, the same eight photos are protected four times with the default settings: by the engine in memory, one
after the other and together; and by `unseen serve` on this machine, for one client that sends one after the other and
for eight clients at once. What is compared is the gain from one to eight: 1 means that a server loses nothing of it.

The photos should share a canvas, as photos of more than 384 pixels do, and as the default ones do, which all have 299:
lanes of another shape are computed apart, and those that are empty cost as much as the others.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import requests

from machine import describe
from unseen.ascent import LANES
from unseen.plan import Job
from unseen.protect import Memory, Protection, protect_photos
from unseen.threats import IN_BRIEF, presets_named
from unseen.web.offer import Offer
from unseen.web.wishes import Wishes

CLIENTS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, default=Path("../shared/data/imagenet-compatible/images"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", action="append", help="network to protect against")
    chosen = parser.parse_args()
    paths = sorted(path for path in chosen.photos.rglob("*") if re.search(r"\.(jpe?g|png)$", path.name, re.IGNORECASE))
    photos = [path.read_bytes() for path in paths[:CLIENTS]]
    models = tuple(chosen.model) if chosen.model else Offer().models
    protection, _ = Offer(models=models).protection(Wishes(), alone=True)
    print(describe(["torch", "fastapi", "uvicorn"]))
    print(f"{len(photos)} photos, {', '.join(models)}, default settings; seconds a photo, {chosen.rounds} rounds")
    with Server(models) as server:
        ways: dict[str, Callable[[Sequence[bytes]], object]] = {
            "engine, one after the other": lambda some: [by_engine([photo], protection, 1) for photo in some],
            "engine, together": lambda some: by_engine(some, protection, LANES),
            "server, one client": lambda some: [server.protect(photo) for photo in some],
            f"server, {CLIENTS} clients": lambda some: list(ThreadPoolExecutor(CLIENTS).map(server.protect, some)),
        }
        for way in ways.values():  # caches are filled, libraries settle
            way(photos[:2])
        rounds = [{name: seconds(way, photos) for name, way in ways.items()} for _ in range(chosen.rounds)]
    for name in ways:
        print(f"{name:30} {statistics.median(times[name] for times in rounds):6.2f}")
    one, together, lone, shared = ways
    engine = [times[one] / times[together] for times in rounds]
    kept = [times[lone] / times[shared] / gain for times, gain in zip(rounds, engine, strict=True)]
    print(f"gain of the engine from 1 to {CLIENTS}: {told(engine)}")
    print(f"share of it that the server keeps: {told(kept)} (wanted: 0.9)")
    print(f"server alone beside engine alone: {told([times[one] / times[lone] for times in rounds])}")


def by_engine(photos: Sequence[bytes], protection: Protection, lanes: int) -> None:
    names = [Path(f"{number}/photo.jpg") for number in range(len(photos))]
    jobs = [Job(source=name, target=name) for name in names]
    store = Memory(dict(zip(names, photos, strict=True)))
    outcomes = list(
        protect_photos(jobs, replace(protection, lanes=lanes), presets=presets_named(IN_BRIEF), store=store)
    )
    if any(outcome.problem for outcome in outcomes):
        raise SystemExit(f"not protected: {[outcome.problem for outcome in outcomes]}")


def seconds(way: Callable[[Sequence[bytes]], object], photos: Sequence[bytes]) -> float:
    started = time.perf_counter()
    way(photos)
    return (time.perf_counter() - started) / len(photos)


def told(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


class Server:
    """`unseen serve` in a process of its own."""

    def __init__(self, models: Sequence[str]) -> None:
        named = [argument for model in models for argument in ("--model", model)]
        command = [sys.executable, "-m", "unseen", "serve", "--port", "0", "--no-browser", *named]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> "Server":
        assert self._process.stdout is not None
        self._address = self._process.stdout.readline().strip()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()

    def protect(self, photo: bytes) -> bytes:
        answer = requests.post(f"{self._address}v1/protect", data=photo, timeout=600)
        answer.raise_for_status()
        return answer.content


if __name__ == "__main__":
    main()
