"""What a crawler does: download what was shared, let its networks read it, and note what they say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from unseen.audit import Row, audit, references_of
from unseen.lab.crawl.sharing import Shared
from unseen.lab.notebook import Notebook, Rows
from unseen.photo import read_photo
from unseen.progress import Progress
from unseen.protect import Protection
from unseen.protect.account import one_line
from unseen.schemes import Unchanged
from unseen.threats import AS_POSTED, PRESETS, Platform, Preset, Threat


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """A photo, and what was read in it and in its copy: no rows where it failed."""

    photo: Shared
    rows: tuple[Row, ...] = ()


def threats_for(protection: Protection, platform: Platform) -> tuple[Threat, ...]:
    """Every network of the protection, on the file itself and, where the platform does anything, on what it serves.

    In another picture alone, such as a crop, no network had a part.
    """
    made_against = () if isinstance(protection.scheme, Unchanged) else protection.surrogates
    served = Preset(name="platform", meaning="what the platform serves", kind="shared", handling=platform)
    return tuple(
        Threat(network=network, role="surrogate" if network in made_against else "held-out", preset=preset)
        for preset in (PRESETS["file"], *([served] if platform != AS_POSTED else []))
        for network in protection.networks
    )


def crawl(
    photos: Sequence[Shared], threats: Sequence[Threat], platform: Platform, folder: Path, progress: Progress
) -> tuple[Crawled, ...]:
    """Let every threat read every photo and its copy, decoded from their files; what is noted is not read again.

    A photo that cannot be read now counts as failed, and the others go on.

    Raises:
        UnseenError: the notes cannot be written.
    """
    networks = dict.fromkeys(threat.network for threat in threats)
    settings = {
        "lab": "crawl",
        "part": "crawling",
        "networks": [[network.name, network.spec.sha256, network.device.type] for network in networks],
        "platform": asdict(platform),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    with Notebook(folder, settings) as notebook:
        notes = notebook.rows("readings")
        return tuple(_crawled(photo, threats, notes) for photo in progress(photos, len(photos), "Reading"))


def _crawled(photo: Shared, threats: Sequence[Threat], notes: Rows) -> Crawled:
    if photo.status == "failed":
        return Crawled(photo=photo)
    if photo.key not in notes.known:
        try:
            read = _read(photo, threats)
        except Exception as error:
            return Crawled(photo=replace(photo, status="failed", error=one_line(photo.job, error)))
        notes.append(photo.key, {"rows": [asdict(row) for row in read]})
    named = {"photo": str(photo.job.source)}  # which may have moved since
    return Crawled(photo=photo, rows=tuple(Row(**row | named) for row in notes.known[photo.key]["rows"]))


def _read(photo: Shared, threats: Sequence[Threat]) -> tuple[Row, ...]:
    """What is read in one photo and in its copy."""
    original, copy = read_photo(photo.job.source).srgb, read_photo(photo.job.target).srgb
    networks = tuple(dict.fromkeys(threat.network for threat in threats))
    references = references_of(photo.job.label, networks, original)
    return audit(str(photo.job.source), {"original": [original], "protected": [copy]}, threats, references)
