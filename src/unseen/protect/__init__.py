"""Protecting photos, one or many: the data flow from a file to a protected copy and its account."""

from unseen.protect.attending import Attendant, Stage
from unseen.protect.opening import placed
from unseen.protect.photos import protect_file, protect_photos
from unseen.protect.protection import (
    Outcome,
    Protection,
    chosen_device,
    load_held_out,
    load_networks,
    require_hiding,
    settings_of,
)
from unseen.protect.store import DISK, Memory, Store

__all__ = [
    "DISK",
    "Attendant",
    "Memory",
    "Outcome",
    "Protection",
    "Stage",
    "Store",
    "chosen_device",
    "load_held_out",
    "load_networks",
    "placed",
    "protect_file",
    "protect_photos",
    "require_hiding",
    "settings_of",
]
