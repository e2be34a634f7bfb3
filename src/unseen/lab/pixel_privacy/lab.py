"""The whole lab: noises are made, photos go through every approach, and one report tells what is still read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from unseen.datasets.accepted import accepted_photos
from unseen.errors import UnseenError
from unseen.lab import paper_b
from unseen.lab.notebook import Notebook
from unseen.lab.pixel_privacy.approaches import approaches, styles_named
from unseen.lab.pixel_privacy.bench import Bench, Numbers, appeal_measures, classes_of
from unseen.lab.pixel_privacy.making import make, original_rows, ways_of
from unseen.lab.pixel_privacy.noises import LabNoise, lab_noises
from unseen.lab.pixel_privacy.numbers import as_sets, best_of, best_of_paper, part_of_table, table_row, with_kept_appeal
from unseen.lab.pixel_privacy.photos import Sample, parted, sample, spread
from unseen.lab.pixel_privacy.sections import (
    appeal_section,
    examples_section,
    held_out_section,
    introduction,
    noises_section,
    sensitive_section,
    survival_section,
)
from unseen.lab.pixel_privacy.settings import PROFILE, PixelPrivacySettings
from unseen.lab.pixel_privacy.table1 import schemes_section, table1_section
from unseen.lab.report import LabReport
from unseen.models import Network
from unseen.models.download import sha256_of
from unseen.profiles import class_group, profile_named
from unseen.progress import Progress, silent
from unseen.protect import load_networks
from unseen.styles import style_named

SHOWN = 6
"""Photos of Figure 1."""


def run_pixel_privacy_lab(
    photos: Path,
    labels: Sequence[Path],
    model: str,
    *,
    folder: Path,
    audit_models: Sequence[str] = (),
    training: Path | None = None,
    settings: PixelPrivacySettings | None = None,
    device: str = "auto",
    progress: Progress = silent,
) -> LabReport:
    """Table 1 and Figure 1 of Liu and Zhao 2018 on labelled photos, and what they leave open.

    Args:
        photos: the folder that holds them.
        labels: label files in any layout that `accepted_photos` knows; none takes `labels.csv` of the folder, or
            folders named by class.
        model: the network that is attacked, whose classes the labels are.
        folder: the lab's: noises and examples are written to it, and finished work, so that an interrupted run resumes.
        audit_models: networks with the same classes that only read.
        training: photos for universal noise; by default every third photo of the set, which then is not scored.
        device: "cpu", "cuda" or "auto", which takes a GPU where there is one.
        progress: is given the items of each part, their number and what is done, and passes them on.

    Raises:
        UnseenError: photos, labels, networks, weights or a folder that cannot be used, or a profile of which the
            network lacks classes.
    """
    settings = settings or PixelPrivacySettings()
    network, *held_out = load_networks([model, *(name for name in audit_models if name != model)], device)
    sensitive = _sensitive(settings.profile, network)
    found = accepted_photos(photos, labels, network.class_names, network.spec.synsets)
    for right in dict.fromkeys(photo.labels for photo in found):
        for other in held_out:
            classes_of(right, network, other)
    appeal = appeal_measures(settings.nima)
    for style in styles_named(settings.styles).values():
        style_named(style)  # one that cannot be had is told before the long work begins
    scored, others = parted(found, training, settings.limit, settings.training_photos)
    with Notebook(folder, _identity((network, *held_out), settings)) as notebook:
        bench = Bench(
            network=network,
            held_out=tuple(held_out),
            sensitive=sensitive,
            appeal=appeal,
            settings=settings,
            folder=folder,
            notebook=notebook,
            progress=progress,
        )
        samples = [sample(photo) for photo in progress(scored, len(scored), "Finding photos")]
        noises = lab_noises(folder, notebook, network, others, settings, progress)
        return _told(bench, samples, noises, len(others))


def _identity(networks: Sequence[Network], settings: PixelPrivacySettings) -> dict[str, Any]:
    """All that a photo's results depend on, beside the photo, the approach and the noises."""
    return {
        "lab": "pixel-privacy",
        "networks": [[network.name, _weights(network)] for network in networks],
        "nima": settings.nima and sha256_of(settings.nima) if _is_file(settings.nima) else None,
        "training": [settings.training_passes, settings.training_views, settings.training_side],
        "seed": settings.seed,
        "device": networks[0].device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def _weights(network: Network) -> str | None:
    spec, source = network.spec, Path(network.spec.source)
    return sha256_of(source) if spec.sha256 is None and source.is_file() else spec.sha256


def _is_file(path: Path | None) -> bool:
    """Whether it is a file; one that is named and not there is told by who opens it."""
    return path is not None and path.is_file()


def _told(bench: Bench, samples: Sequence[Sample], noises: dict[str, LabNoise], trained_on: int) -> LabReport:
    files = {name: noise.file for name, noise in noises.items()}
    tried = approaches(files, bench.settings, len(bench.network.class_names))
    hashes = {name: noise.sha256 for name, noise in noises.items()}
    original, *others = ways_of(bench, tried, hashes)
    before = original_rows(bench, samples, original)
    shown = _shown(samples, before)
    make(bench, samples, others, shown)
    ways = (original, *others)
    rows = [[way.rows.known[one.key] for one in samples] for way in ways]
    table = with_kept_appeal(
        [table_row(way.approach, found, bench.held_out) for way, found in zip(ways, rows, strict=True)]
    )
    sensitive = [not one.labels.isdisjoint(bench.sensitive) for one in samples]
    part = [
        table_row(way.approach, [row for row, told in zip(found, sensitive, strict=True) if told], ())
        for way, found in zip(ways, rows, strict=True)
        if any(sensitive)
    ]
    numbers: Numbers = {
        "settings": _about(bench, len(samples), trained_on),
        "table1": table,
        "sets": as_sets(table),
        "best_of_paper": best_of_paper(table),
        "best": best_of(table),
        "sensitive": {
            "profile": bench.settings.profile or PROFILE,
            "photos": sum(sensitive),
            "table1": part_of_table(part),
        }
        if part
        else None,
        "noises": {name: {"fooled": noise.fooled, "seconds": noise.seconds} for name, noise in noises.items()},
    }
    return LabReport(
        title=f"Pixel privacy: {paper_b.NAME}, run again",
        introduction=introduction(numbers),
        sections=(
            table1_section(numbers),
            examples_section(bench, [way.approach for way in ways], shown),
            survival_section(numbers),
            appeal_section(numbers),
            *([sensitive_section(numbers)] if part else []),
            *([held_out_section(numbers)] if bench.held_out else []),
            noises_section(noises, numbers),
            schemes_section(numbers),
        ),
        numbers=numbers,
    )


def _shown(samples: Sequence[Sample], before: Sequence[Numbers]) -> tuple[Sample, ...]:
    """Photos for the sheet: of those that the network reads rightly, or of all, some from all over the set."""
    right = [one for one, row in zip(samples, before, strict=True) if row["readings"][0]["plain"]["top1"]]
    return spread(right or samples, SHOWN)


def _sensitive(profile: str | None, network: Network) -> frozenset[int]:
    """The classes of the profile; none where nobody asked for one and the network lacks some of the paper's.

    Raises:
        UnseenError: the network lacks classes of the one that was asked for.
    """
    try:
        return frozenset(class_group(profile_named(profile or PROFILE), network.class_names).tolist())
    except UnseenError:
        if profile is not None:
            raise
        return frozenset()


def _about(bench: Bench, photos: int, trained_on: int) -> dict[str, Any]:
    settings = bench.settings
    return _identity(bench.networks, settings) | {
        "model": bench.network.name,
        "audit_models": [network.name for network in bench.held_out],
        "classes": len(bench.network.class_names),
        "parameters": bench.network.spec.parameters,
        "photos": photos,
        "trained_on": trained_on,
        "styles": list(settings.styles),
        "profile": settings.profile or PROFILE,
        "measures": list(bench.appeal),
    }
