"""What a crawler does: download what was shared, let its networks read it, and note what they say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from unseen.audit import Row, audit
from unseen.lab.crawl.sharing import Shared
from unseen.lab.notebook import Notebook, Rows
from unseen.photo import read_photo
from unseen.progress import Progress
from unseen.protect import Protection
from unseen.protect.account import one_line
from unseen.reading import answer, reference_of
from unseen.report.layout import Role
from unseen.schemes import Unchanged
from unseen.threats import AS_POSTED, Platform, Threat

Way = Literal["file", "platform"]
"""How a photo comes to a crawler: as the file itself, or as the platform serves it."""


@dataclass(frozen=True, kw_only=True)
class Crawler:
    """One network that reads photos which come to it in one way."""

    threat: Threat
    role: Role
    way: Way


@dataclass(frozen=True, kw_only=True)
class Crawled:
    """A photo, and what the crawlers learnt from it and from its copy: no rows where it failed."""

    photo: Shared
    rows: tuple[Row, ...] = ()


def crawlers_for(protection: Protection, platform: Platform) -> tuple[Crawler, ...]:
    """Every network of the protection, on the file itself and, where the platform does anything, on what it serves.

    In another picture alone, such as a crop, no network had a part.
    """
    made_against = () if isinstance(protection.scheme, Unchanged) else protection.surrogates
    ways: dict[Way, Platform] = {"file": AS_POSTED}
    if platform != AS_POSTED:
        ways["platform"] = platform
    return tuple(
        Crawler(
            threat=Threat(name=f"{network.name} ({way})", platform=handling, classifier=network),
            role="surrogate" if network in made_against else "held-out",
            way=way,
        )
        for way, handling in ways.items()
        for network in protection.networks
    )


def crawl(
    photos: Sequence[Shared], crawlers: Sequence[Crawler], platform: Platform, folder: Path, progress: Progress
) -> tuple[Crawled, ...]:
    """Let every crawler read every photo and its copy, decoded from their files; what is noted is not read again.

    A photo that cannot be read now counts as failed, and the others go on.

    Raises:
        UnseenError: the notes cannot be written.
    """
    networks = dict.fromkeys(crawler.threat.classifier for crawler in crawlers)
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
        return tuple(_crawled(photo, crawlers, notes) for photo in progress(photos, len(photos), "Reading"))


def _crawled(photo: Shared, crawlers: Sequence[Crawler], notes: Rows) -> Crawled:
    if photo.status == "failed":
        return Crawled(photo=photo)
    if photo.key not in notes.known:
        try:
            read = _read(photo, crawlers)
        except Exception as error:
            return Crawled(photo=replace(photo, status="failed", error=one_line(photo.job, error)))
        notes.append(photo.key, {"rows": [asdict(row) for row in read]})
    named = {"photo": str(photo.job.source)}  # which may have moved since
    return Crawled(photo=photo, rows=tuple(Row(**row | named) for row in notes.known[photo.key]["rows"]))


def _read(photo: Shared, crawlers: Sequence[Crawler]) -> tuple[Row, ...]:
    """What the crawlers read in one photo and in its copy."""
    original, copy = read_photo(photo.job.source).srgb, read_photo(photo.job.target).srgb
    threats = [crawler.threat for crawler in crawlers]
    networks = [threat.classifier for threat in threats]
    references = {
        network: reference_of(photo.job.label, networks[0], network, answer(network, original))
        for network in dict.fromkeys(networks)
    }
    return audit(str(photo.job.source), original, copy, threats, [references[network] for network in networks])
