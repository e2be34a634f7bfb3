"""Every number of the lab, as report.json holds it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from unseen.audit import METRICS, Row, leaks, summarise
from unseen.catalogue import way_name
from unseen.lab.crawl.crawling import Crawled, Crawler
from unseen.protect import Protection, settings_of
from unseen.threats import Platform

Numbers = dict[str, Any]


def numbers_of(
    found: Sequence[Crawled], crawlers: Sequence[Crawler], protection: Protection, platform: Platform
) -> Numbers:
    """Settings, means of each network, labels and photos.

    `networks`: one entry a network and way ("file" or "platform"), `before` and `after` hold the means of icp, ice,
    top1 and top5 over its `photos`. `leaked`: of how many photos a label was read, among the best five guesses of at
    least one network (`before`, `after`) and as a first guess (`first_before`, `first_after`), in the way `shared`.
    `photos`: one entry a photo, with the same four numbers of every network.
    """
    rows = [row for crawled in found for row in crawled.rows]
    return {
        "settings": settings_of(protection) | {"scheme": way_name(protection.pictures, protection.scheme)},
        "platform": asdict(platform),
        "networks": _networks(rows, crawlers),
        "leaked": [
            leak for way in dict.fromkeys(crawler.way for crawler in crawlers) for leak in _leaked(rows, crawlers, way)
        ],
        "photos": [_photo(crawled, crawlers) for crawled in found],
    }


def _networks(rows: Iterable[Row], crawlers: Iterable[Crawler]) -> list[Numbers]:
    means = {(summary.threat, summary.metric): summary for summary in summarise(rows)}
    networks = []
    for crawler in crawlers:
        own = {metric: means.get((crawler.threat.name, metric)) for metric in METRICS}
        networks.append(
            {
                "name": crawler.threat.classifier.name,
                "role": crawler.role,
                "shared": crawler.way,
                "photos": max((summary.count for summary in own.values() if summary), default=0),
                "before": {metric: summary and summary.before for metric, summary in own.items()},
                "after": {metric: summary and summary.after for metric, summary in own.items()},
            }
        )
    return networks


def _leaked(rows: Iterable[Row], crawlers: Iterable[Crawler], way: str) -> list[Numbers]:
    """What leaks to those crawlers that get photos in one way."""
    threats = {crawler.threat.name for crawler in crawlers if crawler.way == way}
    own = [row for row in rows if row.threat in threats]
    first = {leak.label: leak for leak in leaks(own, "top1")}
    return [
        {
            "label": leak.label,
            "shared": way,
            "photos": leak.photos,
            "before": leak.before,
            "after": leak.after,
            "first_before": first[leak.label].before,
            "first_after": first[leak.label].after,
        }
        for leak in leaks(own, "top5")
    ]


def _photo(crawled: Crawled, crawlers: Iterable[Crawler]) -> Numbers:
    photo = crawled.photo
    rows: dict[str, list[Row]] = {}
    for row in crawled.rows:
        rows.setdefault(row.threat, []).append(row)
    return {
        "input": str(photo.job.source),
        "output": None if photo.status == "failed" else str(photo.job.target),
        "status": photo.status,
        "error": photo.error,
        "mean_levels": photo.mean_levels,
        "readings": [_reading(rows[crawler.threat.name], crawler) for crawler in crawlers if rows],
    }


def _reading(rows: Sequence[Row], crawler: Crawler) -> Numbers:
    """What one network read in one photo and its copy."""
    return {
        "network": crawler.threat.classifier.name,
        "shared": crawler.way,
        "reference": rows[0].reference,
        "before": {row.metric: row.before for row in rows},
        "after": {row.metric: row.after for row in rows},
    }
