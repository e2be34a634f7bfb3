"""Who reads shared photos: what platforms and readers do to them, and the networks at the end."""

from unseen.threats.handlings import AS_POSTED, Handling, Platform, ScaleAndCrop
from unseen.threats.presets import IN_BRIEF, PRESETS, Preset, presets_named
from unseen.threats.threat import Threat

__all__ = [
    "AS_POSTED",
    "IN_BRIEF",
    "PRESETS",
    "Handling",
    "Platform",
    "Preset",
    "ScaleAndCrop",
    "Threat",
    "presets_named",
]
