"""Photos as a crawler's network gets and reads them, raw and protected."""

from collections.abc import Sequence

from unseen.lab.crawl.crawling import Crawled
from unseen.lab.figures import PhotoPanel, photo_panels
from unseen.lab.report import Figure
from unseen.photo import read_photo
from unseen.photo.photo import same_channels
from unseen.reading import answer, reading
from unseen.threats import Threat

COUNT = 2


def examples(found: Sequence[Crawled], threats: Sequence[Threat]) -> Figure | None:
    """The first photos that were crawled; None where there are none.

    They are read by the first network that had no part in the protection, or by the first of all, and behind the
    platform where it does anything.
    """
    behind = [threat for threat in threats if threat.preset == threats[-1].preset]
    threat = next((threat for threat in behind if threat.role == "held-out"), behind[0])
    panels = [_panel(crawled, threat) for crawled in [crawled for crawled in found if crawled.rows][:COUNT]]
    if not panels:
        return None
    caption = (
        f"What {threat.network.name} reads in the first of the photos. Left what the crawler gets of the "
        "raw photo, right what it gets of the protected copy, in the middle the difference, where the two have one "
        "size. The bars are the five best guesses; the true label is marked."
    )
    return Figure(name="examples", png=photo_panels(panels), caption=caption)


def _panel(crawled: Crawled, threat: Threat) -> PhotoPanel:
    job, network = crawled.photo.job, threat.network
    pair = same_channels(read_photo(job.source).srgb, read_photo(job.target).srgb)
    original, released = (threat.preset.serve([pixels]) for pixels in pair)
    names = network.class_names
    reference = next(row.reference for row in crawled.rows if row.network == network.name)
    index = names.index(reference)
    return PhotoPanel(
        title=job.source.name,
        original=original,
        released=released,
        reference=reference,
        before=reading(answer(network, original), index, names),
        after=reading(answer(network, released), index, names),
    )
