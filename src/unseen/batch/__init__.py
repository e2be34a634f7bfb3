"""Any number of photos into one folder: planned lazily, done at the same time, kept at once, and safe to interrupt."""

from unseen.batch.account import Account, accounted, previews
from unseen.batch.anywhere import AnyPlace
from unseen.batch.engine import Engine
from unseen.batch.estimate import SAMPLE, Estimate, Sample, estimated, sampled
from unseen.batch.following import NOBODY
from unseen.batch.foreseen import foreseen
from unseen.batch.home import FOLDER, has_record
from unseen.batch.identity import deciding
from unseen.batch.local import WORKERS, Local
from unseen.batch.place import DiskPlace, Place
from unseen.batch.record import Record
from unseen.batch.run import Run
from unseen.batch.tally import Standing
from unseen.batch.tars.packer import Packer
from unseen.batch.tars.place import TarPlace
from unseen.batch.walk import Entry, require_photos, walk

__all__ = [
    "FOLDER",
    "NOBODY",
    "SAMPLE",
    "WORKERS",
    "Account",
    "AnyPlace",
    "DiskPlace",
    "Engine",
    "Entry",
    "Estimate",
    "Local",
    "Packer",
    "Place",
    "Record",
    "Run",
    "Sample",
    "Standing",
    "TarPlace",
    "accounted",
    "deciding",
    "estimated",
    "foreseen",
    "has_record",
    "previews",
    "require_photos",
    "sampled",
    "walk",
]
