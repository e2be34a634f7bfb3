"""What a folder costs beyond its arithmetic, and what a million photos cost before the first one is done.

python benchmarks/batch.py FOLDER [--photos 300] [--rounds 3] [--workers 2] [--entries 1000000] [-o results.json]

Each round does the same photos of FOLDER twice, one way after the other: with `replace` on lite0 called once on the
decoded working copies, all in memory, in lanes and with all threads (the engine's own rate); and as `unseen protect
FOLDER -o OUT` does, from file to file, a photo a core, each copy decoded again and judged, each row on the disk. The
ratio of the two rates is taken within a round, the order changes from round to round, and the networks are loaded
before. Besides, the seconds of a core that a photo takes, which hardly depend on what else the machine does: of the
scheme alone, photo by photo on one thread as the batch has it, and of the batch.

With `--entries`, so many links to one photo in folders of a thousand are planned as well, and the time is taken until
the first of them is done: in a new folder, and in one whose record says that all but the last are done.
"""

import argparse
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import unseen  # noqa: F401 - before torch, whose threads it tells how long to wait for each other

# isort: split
import torch

from result import give, spread
from unseen.batch import FOLDER, WORKERS, DiskPlace, Engine, Entry, Local, Record, Run, deciding, walk
from unseen.batch.log import Log
from unseen.batch.place import Staged
from unseen.batch.stamp import Copy, Stamp
from unseen.canvas import canvas_shape, working_copy
from unseen.photo import read_photo
from unseen.plan import Job, photos_in
from unseen.protect import Protection, load_networks
from unseen.protect.account import failed
from unseen.protect.protection import Work
from unseen.report.as_json import row_as_json
from unseen.schemes import ClassReplacement, Crop, Unchanged

COUNTED = 64
"""Photos whose seconds of a core are told."""


def engine_rate(photos: list[Path], protection: Protection) -> tuple[float, float]:
    """Photos a second of the scheme alone on decoded photos, and the mean of its steps."""
    copies = []
    for path in photos:
        pixels = read_photo(path).srgb
        copies.append(working_copy(pixels, canvas_shape(*pixels.shape[:2], keeps_aspect=False)))
    images = torch.cat(copies)
    started = time.perf_counter()
    protected = protection.settled_scheme(images, protection.surrogates[0], seed=0)
    return len(photos) / (time.perf_counter() - started), protected.iterations.float().mean().item()


def seconds_for(photos: list[Path], protection: Protection, engine: Engine) -> float:
    """From files to files."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with Record(Path(folder, "out")) as record:
            settings, _ = record.settings(deciding(protection, {}))
            run = Run(record, settings, DiskPlace())
            run.protect(walk(photos, record.output, {}), engine, protection, ())
            assert run.standing.done == len(photos)
        return time.perf_counter() - started


def batch_rate(photos: list[Path], protection: Protection, workers: int) -> float:
    """Photos a second from files to files, a core a photo as the command does."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    seconds = seconds_for(photos, replace(protection, lanes=1), Local(workers))
    torch.set_num_threads(threads)
    return len(photos) / seconds


def core_seconds(work: Callable[[], object], photos: int) -> float:
    """Of all threads of this process, where each computes alone, by the number of photos."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    started = time.process_time()
    work()
    torch.set_num_threads(threads)
    return (time.process_time() - started) / photos


def seconds_to_start(entries: int, photo: Path) -> dict[str, float]:
    """From the start of a run over so many photos to its first copy: in a new folder, and with all but one done."""
    protection = Protection(scheme=Unchanged(), pictures=(Crop(),), surrogates=load_networks(["lite0"], "cpu"))
    with tempfile.TemporaryDirectory() as folder:
        album, output = Path(folder, "album"), Path(folder, "out")
        for number in range(entries):
            path = album / f"{number // 1000:05}" / f"{number:08}{photo.suffix}"
            if number % 1000 == 0:
                path.parent.mkdir(parents=True)
                first = shutil.copyfile(photo, path)
            else:
                os.link(first, path)
        started = time.perf_counter()
        found = {"listing": sum(1 for _ in walk([album], output, {})) and time.perf_counter() - started}
        found["new"] = _seconds_to_first(album, output, protection)
        _pretend(album, output, deciding(protection, {}))
        started = time.perf_counter()
        with Record(output):
            found["index made again"] = time.perf_counter() - started
        return found | {"resumed": _seconds_to_first(album, output, protection)}


def _seconds_to_first(album: Path, output: Path, protection: Protection) -> float:
    started = time.perf_counter()
    reached: list[float] = []

    class Stopping(DiskPlace):
        def publish(self, staged: Staged, *, over: bool) -> None:
            super().publish(staged, over=over)
            reached.append(time.perf_counter() - started)
            run.stop()

    with Record(output) as record:
        settings, _ = record.settings(deciding(protection, {}))
        run = Run(record, settings, Stopping())
        run.protect(walk([album], output, {}), Local(WORKERS, 1), protection, ())
    return reached[0]


def _pretend(album: Path, output: Path, settings: dict[str, object]) -> None:
    """A record in which all photos but the last are done, and their copies."""
    with Record(output) as record:
        identity, _ = record.settings(settings)
    row = row_as_json(replace(failed(Work(job=Job(source=album, target=output))), status="protected"))

    def lines() -> Iterator[dict[str, object]]:
        before = None
        for entry in walk([album], output, {}):
            if before is not None:
                stamp = Stamp(
                    size=before.size,
                    mtime=before.mtime,
                    label=None,
                    digest="",
                    settings=identity,
                    status="protected",
                    copy=_linked(before, output),
                )
                yield {"photo": before.source, "place": before.place, "stamp": asdict(stamp), "row": row}
            before = entry

    log = Log(output / FOLDER / "photos.jsonl")
    log.rewrite(lines())
    log.close()


def _linked(entry: Entry, output: Path) -> Copy:
    """A photo's copy, which is a link to the photo."""
    copy = output / entry.place
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    os.link(entry.source, copy)
    return Copy(name=entry.place, mark=DiskPlace().mark(copy) or "", digest="")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--entries", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    photos = list(itertools.islice(photos_in(options.folder, apart=None, copies=True), options.photos))
    protection = Protection(scheme=ClassReplacement(epsilon=8 / 255), surrogates=load_networks(["lite0"], "cpu"))
    batch_rate(photos[:4], protection, options.workers)  # warms up
    rounds = []
    for number in range(options.rounds):
        rates = {}
        for way in ("engine", "batch")[:: 1 if number % 2 == 0 else -1]:
            if way == "engine":
                rates["engine"], rates["steps"] = engine_rate(photos, protection)
            else:
                rates["batch"] = batch_rate(photos, protection, options.workers)
        rates["ratio"] = rates["batch"] / rates["engine"]
        rounds.append(rates)
        print(rates, file=sys.stderr, flush=True)
    some = photos[:COUNTED]
    result = {
        "photos": len(photos),
        "threads": torch.get_num_threads(),
        "workers": options.workers,
        "rounds": rounds,
        "ratio": spread([rates["ratio"] for rates in rounds]),
        "core-seconds a photo": {
            "engine": core_seconds(lambda: engine_rate(some, replace(protection, lanes=1)), len(some)),
            "batch": core_seconds(lambda: batch_rate(some, protection, options.workers), len(some)),
        },
    }
    if options.entries:
        result["seconds to start"] = seconds_to_start(options.entries, photos[0])
    give(result, options.output)


if __name__ == "__main__":
    main()
