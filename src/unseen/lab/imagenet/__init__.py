"""Section 5.2 of Liu et al. 2019, photos of ILSVRC-2012, rerun on any labelled set and any network."""

from unseen.lab.imagenet.bench import Extent
from unseen.lab.imagenet.lab import run_imagenet_lab

__all__ = ["Extent", "run_imagenet_lab"]
