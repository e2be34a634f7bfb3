"""Views: what becomes of a picture on its way to a network, differentiable, so that noise can be made against it.

Each has the protocol `unseen.types.View`: images (B, C, H, W) in [0, 1] and a generator -> images of the size that the
view gives them. A call draws from the generator only what is random in it.
"""

from unseen.views.blur import Blur
from unseen.views.composing import Sometimes, compose
from unseen.views.crops import CentreCrop, RandomCrop
from unseen.views.jpeg import Jpeg
from unseen.views.sharing import Sharing
from unseen.views.sizes import Diverse, RandomResize, Resize, ResizeShortEdge

__all__ = [
    "Blur",
    "CentreCrop",
    "Diverse",
    "Jpeg",
    "RandomCrop",
    "RandomResize",
    "Resize",
    "ResizeShortEdge",
    "Sharing",
    "Sometimes",
    "compose",
]
