"""Ways to protect a photo: frozen settings and one call, images in, protected images out."""

from unseen.schemes.among import Among
from unseen.schemes.away import Away
from unseen.schemes.gradient_sign import GradientSign
from unseen.schemes.indistinguish import ClassIndistinguishability
from unseen.schemes.replace import ClassReplacement
from unseen.schemes.targets import hidden
from unseen.schemes.uniform import Uniform

__all__ = ["Among", "Away", "ClassIndistinguishability", "ClassReplacement", "GradientSign", "Uniform", "hidden"]
