"""Every number of the lab, as report.json holds it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unseen.audit import METRICS, Row, Version, given_away, summarise
from unseen.catalogue import way_name
from unseen.lab.crawl.crawling import Crawled
from unseen.protect import Protection, settings_of
from unseen.threats import Platform, Preset, Threat

Numbers = dict[str, Any]


def numbers_of(
    found: Sequence[Crawled], threats: Sequence[Threat], protection: Protection, platform: Platform
) -> Numbers:
    """Settings, means of each network, labels and photos.

    `networks`: one entry a network and preset ("file" or "platform"), `before` and `after` hold the means of icp, ice,
    top1, top5 and leaked over its `photos`. `labels`: of how many photos a label was read, among the best five guesses
    of at least one network (`before`, `after`) and as a first guess (`first_before`, `first_after`), in the way
    `shared`. `photos`: one entry a photo, with the same numbers of every network.
    """
    rows = [row for crawled in found for row in crawled.rows]
    presets = dict.fromkeys(threat.preset for threat in threats)
    return {
        "settings": settings_of(protection) | {"scheme": way_name(protection.pictures, protection.scheme)},
        "platform": {"long_edge": platform.long_edge, "quality": platform.quality},
        "networks": _networks(rows, threats),
        "labels": [label for preset in presets for label in _labels(rows, preset)],
        "photos": [_photo(crawled, threats) for crawled in found],
    }


def _networks(rows: Iterable[Row], threats: Iterable[Threat]) -> list[Numbers]:
    means = {(summary.network, summary.preset, summary.version): summary for summary in summarise(rows)}
    networks = []
    for threat in threats:
        name, way = threat.network.name, threat.preset.name
        before, after = means[name, way, "original"], means[name, way, "protected"]
        networks.append(
            {
                "name": name,
                "role": threat.role,
                "shared": way,
                "photos": after.photos,
                **{
                    moment: {metric: (one := getattr(summary, metric)) and one.mean for metric in METRICS}
                    for moment, summary in (("before", before), ("after", after))
                },
            }
        )
    return networks


def _labels(rows: Iterable[Row], preset: Preset) -> list[Numbers]:
    """Which labels were read in photos that came in one way."""
    own = [row for row in rows if row.preset == preset.name]
    first = {one.label: one for one in given_away(own, "top1")}
    return [
        {
            "label": one.label,
            "shared": preset.name,
            "photos": one.photos,
            "before": one.before,
            "after": one.after,
            "first_before": first[one.label].before,
            "first_after": first[one.label].after,
        }
        for one in given_away(own, "top5")
    ]


def _photo(crawled: Crawled, threats: Iterable[Threat]) -> Numbers:
    photo = crawled.photo
    rows = {(row.network, row.preset, row.version): row for row in crawled.rows}
    return {
        "input": str(photo.job.source),
        "output": None if photo.status == "failed" else str(photo.job.target),
        "status": photo.status,
        "error": photo.error,
        "mean_levels": photo.mean_levels,
        "readings": [_reading(rows, threat) for threat in threats if rows],
    }


def _reading(rows: Mapping[tuple[str, str, Version], Row], threat: Threat) -> Numbers:
    """What one network read in one photo and its copy."""
    name, way = threat.network.name, threat.preset.name
    before, after = rows[name, way, "original"], rows[name, way, "protected"]
    return {
        "network": name,
        "shared": way,
        "reference": before.reference,
        "before": {metric: getattr(before, metric) for metric in METRICS},
        "after": {metric: getattr(after, metric) for metric in METRICS},
    }
