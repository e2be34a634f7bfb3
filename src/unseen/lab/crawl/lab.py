"""The whole lab: photos are shared raw and protected, crawled, and what the networks learnt is told in one report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePath

from unseen.errors import UnseenError
from unseen.lab.crawl.crawling import Crawled, crawl, threats_for
from unseen.lab.crawl.examples import examples
from unseen.lab.crawl.numbers import numbers_of
from unseen.lab.crawl.sections import (
    introduction,
    labels_section,
    networks_section,
    photos_section,
    settings_section,
    way_section,
)
from unseen.lab.crawl.sharing import share
from unseen.lab.report import LabReport, Section
from unseen.plan import Job, plan
from unseen.progress import Progress, silent
from unseen.protect import Protection
from unseen.reading import known_class
from unseen.threats import AS_POSTED, Platform, Threat

COPIES = "protected"
"""The folder of the protected copies, in the lab's."""


def run_crawl_lab(
    paths: Iterable[Path],
    protection: Protection,
    *,
    folder: Path,
    platform: Platform = AS_POSTED,
    labels: Mapping[PurePath, str] | None = None,
    limit: int | None = None,
    progress: Progress = silent,
) -> LabReport:
    """Figure 1 of Liu et al. 2019 as an experiment: who reads what in photos that are shared raw and protected.

    Args:
        paths: photos and folders of them.
        protection: its surrogates and the networks held out are the crawlers' networks.
        folder: protected copies are written to `protected/` in it, and finished work is kept, so that an interrupted
            run resumes.
        platform: what serves the photos, beside the files themselves; by default there is nothing in between.
        labels: resolved path -> what is in the photo, from `read_labels`; what has none is judged by each network's
            own answer to the original.
        limit: of photos, the first so many.

    Raises:
        UnseenError: a folder without photos, a label that the first network does not know, photos that lie in the
            lab's own folder, or a folder that cannot be used.
    """
    jobs = tuple(_in_place(job, folder) for job in islice(dict.fromkeys(plan(paths, folder, labels or {})), limit))
    if labels is not None and not any(job.label for job in jobs):
        raise UnseenError("the table of labels names none of these photos; its column file is seen from its own folder")
    for label in dict.fromkeys(job.label for job in jobs if job.label):
        known_class(label, protection.surrogates[0])
    threats = threats_for(protection, platform)
    found = crawl(share(jobs, protection, folder, progress), threats, platform, folder, progress)
    problems = [str(each.photo.error) for each in found if each.photo.status == "failed"]
    if len(problems) == len(found):
        raise UnseenError(f"no photo could be shared, so there is nothing to report; the first: {problems[0]}")
    return _told(found, threats, protection, platform)


def _in_place(job: Job, folder: Path) -> Job:
    """The job with its copy in the folder of the copies."""
    if Path(job.source).resolve().is_relative_to(folder.resolve()):
        raise UnseenError(f"{job.source}: lies in the lab's own folder; choose another -o")
    return replace(job, target=folder / COPIES / job.target.relative_to(folder))


def _told(found: Sequence[Crawled], threats: Sequence[Threat], protection: Protection, platform: Platform) -> LabReport:
    numbers = numbers_of(found, threats, protection, platform)
    seen = examples(found, threats)
    return LabReport(
        title="Shared, crawled, read",
        introduction=introduction(numbers),
        sections=(
            way_section(numbers),
            networks_section(numbers),
            labels_section(numbers),
            *([Section(title="As a crawler sees them", figures=(seen,))] if seen else []),
            photos_section(numbers),
            settings_section(numbers),
        ),
        numbers=numbers,
    )
