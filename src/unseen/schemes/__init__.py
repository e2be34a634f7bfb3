"""Ways to protect a photo: frozen settings and one call, images in, protected images out."""

from unseen.schemes.among import Among
from unseen.schemes.away import Away
from unseen.schemes.blur import Blur
from unseen.schemes.chain import Chain
from unseen.schemes.crop import Crop
from unseen.schemes.deepfool import DeepFool
from unseen.schemes.enhance import Enhance
from unseen.schemes.filters import Filter
from unseen.schemes.gradient_sign import GradientSign
from unseen.schemes.indistinguish import ClassIndistinguishability
from unseen.schemes.pixelate import Pixelate
from unseen.schemes.replace import ClassReplacement
from unseen.schemes.shield import Shield
from unseen.schemes.targets import hidden
from unseen.schemes.unchanged import Unchanged
from unseen.schemes.uniform import Uniform
from unseen.schemes.universal import Universal

__all__ = [
    "Among",
    "Away",
    "Blur",
    "Chain",
    "ClassIndistinguishability",
    "ClassReplacement",
    "Crop",
    "DeepFool",
    "Enhance",
    "Filter",
    "GradientSign",
    "Pixelate",
    "Shield",
    "Unchanged",
    "Uniform",
    "Universal",
    "hidden",
]
