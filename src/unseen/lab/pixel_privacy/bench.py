"""What the lab works with: networks, what becomes of photos before they are read, measures of appeal, finished work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unseen.errors import UnseenError
from unseen.lab.notebook import Notebook
from unseen.lab.paper_b import CROP, SHORT_EDGE
from unseen.lab.pixel_privacy.settings import PixelPrivacySettings
from unseen.metrics.appeal import APPEAL, mean_and_spread
from unseen.models import Network
from unseen.models.nima import load_nima
from unseen.progress import Progress
from unseen.reading import same_class
from unseen.threats import AS_POSTED, Handling, Platform, ScaleAndCrop
from unseen.types import Images, PerPhoto

Numbers = dict[str, Any]
Measure = Callable[[Images], PerPhoto]

HANDLINGS: Mapping[str, Handling] = {
    "plain": AS_POSTED,
    "scale_crop": ScaleAndCrop(edge=SHORT_EDGE, side=CROP),
    "jpeg90": Platform(quality=90),
}
"""What becomes of a protected file before a network reads it: nothing, and what undoes noise."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every part of the lab works with.

    Attributes:
        network: the one that is attacked.
        held_out: networks that only read.
        sensitive: classes of the attacked network whose photos are told apart as well.
        appeal: measures of how a picture looks, by name.
        folder: the lab's.
        notebook: finished work.
        progress: is shown the photos of each part.
    """

    network: Network
    held_out: tuple[Network, ...]
    sensitive: frozenset[int]
    appeal: Mapping[str, Measure]
    settings: PixelPrivacySettings
    folder: Path
    notebook: Notebook
    progress: Progress

    @property
    def networks(self) -> tuple[Network, ...]:
        """The attacked one first."""
        return (self.network, *self.held_out)


def appeal_measures(nima: Path | None) -> Mapping[str, Measure]:
    """The measures of how a picture looks by name; NIMA's mean score as well where its weights are at hand.

    Raises:
        ModelError: weights that cannot be used.
    """
    if nima is None:
        return APPEAL
    votes = load_nima(nima)
    return {**APPEAL, "nima": lambda images: mean_and_spread(votes(images))[0]}


def classes_of(labels: frozenset[int], network: Network, other: Network) -> frozenset[int]:
    """The classes that another network calls by the same names.

    Raises:
        UnseenError: it has none of them.
    """
    found = frozenset(index for index in (same_class(label, network, other) for label in labels) if index is not None)
    if not found:
        names = ", ".join(network.class_names[label] for label in sorted(labels)[:3])
        raise UnseenError(f"{other.name}: knows no class named {names}; name an --audit-model with the same classes")
    return found
