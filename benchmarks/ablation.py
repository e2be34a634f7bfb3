"""What each part of `shield` brings on networks that nobody asked, against the gradients that it spends.

    python benchmarks/ablation.py --labels photos/labels.csv --weights weights -o results-ablation

Every photo is protected as `unseen protect --scheme WAY --model lite0 --model lite1 --format png` does it in a folder;
the label is not told. The copy is read again, as it is and after 224 pixels a side and JPEG 75, by three networks of
other families. The folder gets `ablation.json` with a row for each photo and way, written after every chunk, so that
an interrupted run goes on where it was; the last copies of each way stay in it.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heldout import HEADS, alike, image_of, ready, still_read, told
from unseen import __version__, load_classifier
from unseen.catalogue import way_named
from unseen.lab.files import write_over
from unseen.models import Network
from unseen.photo import read_photo
from unseen.plan import Job
from unseen.protect import Protection, protect_photos, settings_of
from unseen.protect.making import CHUNK_PHOTOS

WAYS = (
    "shield",
    "shield?steps=10",
    "shield?steps=40",
    "shield?shaping=momentum",
    "shield?meaning=0",
    "shield?sharing=0.3",
    "shield?smallest=1",
    "shield?branches=1&knee=0",
    "shield?calm=8",
    "shield?calm=4&texture=1",
    "shield?branches=1&knee=0&smallest=1&calm=8&meaning=0&shaping=sign&extra_steps=0",
)
"""The last one has none of the parts: iterated FGSM, but that both networks have the same say in its gradients."""
Row = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, help="CSV with the columns file,label (an index)")
    parser.add_argument("--weights", type=Path, required=True, help="of the networks that judge")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=60, help="photos, the first so many")
    parser.add_argument("--models", nargs="+", default=["lite0", "lite1"], help="the surrogates")
    parser.add_argument("--ways", nargs="+", default=WAYS, help=f"default: {' '.join(WAYS)}")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    labels = dict(list(ready(options.labels, options.weights).items())[: options.limit])
    networks = tuple(load_classifier(name) for name in options.models)
    print(f"{len(labels)} photos, {' and '.join(options.models)}, unseen {__version__}\n")
    print(f"| way | {' | '.join(HEADS)} |\n|{'---|' * (len(HEADS) + 1)}")
    for way in options.ways:
        rows = measured(way, labels, networks, options.weights, options.output)
        print(f"| {' | '.join(told(f'`{way}`', rows, options.weights))} |", flush=True)


def measured(
    way: str, labels: Mapping[Path, str], networks: tuple[Network, ...], weights: Path, output: Path
) -> list[Row]:
    """One row a photo; those that the file has already are not made again."""
    pictures, scheme = way_named(way, {})
    protection = Protection(scheme=scheme, pictures=pictures, surrogates=networks, format="png")
    settings = json.loads(json.dumps({"version": __version__, **settings_of(protection)}))
    record = output / "ablation.json"
    ways = json.loads(record.read_text()) if record.exists() else {}
    known = ways.setdefault(way, {"settings": settings, "rows": {}})
    if known["settings"] != settings:
        raise SystemExit(f"{record}: holds {way} with other settings; give another -o")
    folder = output / folder_of(way)
    folder.mkdir(exist_ok=True)
    jobs = [Job(source=path, target=folder / f"{path.stem}.png") for path in labels]
    missing = [job for job in jobs if job.source.name not in known["rows"]]
    views = getattr(scheme, "views", 1) * len(networks)
    for start in range(0, len(missing), CHUNK_PHOTOS):
        chunk = missing[start : start + CHUNK_PHOTOS]
        for job in chunk:
            job.target.unlink(missing_ok=True)  # what a killed run wrote without its row
        for job, outcome in zip(chunk, protect_photos(chunk, protection), strict=True):
            row = outcome.row
            if row.error or row.change is None:
                raise SystemExit(row.error)
            before, after = read_photo(job.source).srgb, read_photo(job.target).srgb
            known["rows"][job.source.name] = {
                **still_read(after, int(labels[job.source]), weights),
                "gradients": (row.iterations or 0) * views,
                "ssim": row.change.ssim,
                "psnr": row.change.psnr,
                "lpips": alike(weights)(image_of(before), image_of(after)).item(),
                "seconds": row.seconds,
            }
        write_over(record, json.dumps(ways, indent=1).encode())
    return [known["rows"][source.name] for source in labels]


def folder_of(way: str) -> str:
    """Where the copies of a way lie."""
    return way.replace("?", "-").replace("&", "-").replace("=", "")


if __name__ == "__main__":
    main()
