"""What decides a protected copy, a photo on its way, and what comes of it."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from unseen.grid import LEVELS
from unseen.models import Network
from unseen.photo import Photo
from unseen.plan import Job
from unseen.report.layout import PhotoRow
from unseen.report.pictures import Preview
from unseen.types import Scheme


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Everything that decides the pixels of a protected copy, apart from the photo.

    Attributes:
        surrogates: the networks that the protection is made against, all together.
        held_out: networks that only judge.
        quality: of a lossy file, 1 to 100; None starts at the original's and goes as high as the protection needs.
        keep: metadata to keep, words of `unseen.photo.KEEP_WORDS`.
        precision: torch.bfloat16 to compute so on a GPU; None is float32.
    """

    scheme: Scheme
    surrogates: tuple[Network, ...]
    held_out: tuple[Network, ...] = ()
    seed: int = 0
    format: str = "keep"
    quality: int | None = None
    keep: frozenset[str] = frozenset()
    precision: torch.dtype | None = None

    @property
    def networks(self) -> tuple[Network, ...]:
        """Surrogates first, then those held out."""
        return self.surrogates + self.held_out

    @property
    def views(self) -> tuple[Network, ...]:
        """What the noise is made against: each surrogate, and where it crops, its look at the whole photo as well."""
        return self.surrogates + tuple(network.whole() for network in self.surrogates if network.crops)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One photo done: its row, and thumbnails where they were asked for and a copy was written."""

    row: PhotoRow
    preview: Preview | None = None


@dataclass(kw_only=True)
class Work:
    """A photo on its way; `seconds` adds up what was spent on it alone."""

    job: Job
    seconds: float = 0.0
    photo: Photo | None = None
    error: str | None = None
    label: tuple[int | None, ...] = ()
    before: tuple[Tensor, ...] = ()
    references: tuple[int, ...] = ()
    view_references: tuple[int, ...] = ()
    shape: tuple[int, int] = (0, 0)


def settings_of(protection: Protection, lanes: int) -> dict[str, Any]:
    """What decided the pixels, for the report: the scheme's settings in [0, 1], networks, seed, arithmetic."""
    scheme = protection.scheme
    own: dict[str, Any] = (
        {field.name: getattr(scheme, field.name) for field in fields(scheme)} if is_dataclass(scheme) else {}
    )
    return {
        "scheme": type(scheme).__name__,
        **own,
        "epsilon_levels": round(own["epsilon"] * LEVELS, 4) if "epsilon" in own else None,
        "models": [network.name for network in protection.surrogates],
        "audit_models": [network.name for network in protection.held_out],
        "seed": protection.seed,
        "format": protection.format,
        "quality": protection.quality,
        "keep": sorted(protection.keep),
        "lanes": lanes,
        "threads": torch.get_num_threads(),
        "device": protection.surrogates[0].device.type,
        "precision": str(protection.precision or torch.float32).removeprefix("torch."),
        "torch": torch.__version__,
    }
