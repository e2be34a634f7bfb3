"""Protect photos against automatic reading by deep networks, and measure how much privacy that bought.

model = unseen.load_classifier("lite0")
scheme = unseen.ClassReplacement(epsilon=2.55 / 255)
protected = scheme(images, model, seed=0)  # images (B, 3, H, W) in [0, 1]
row = unseen.protect_file("photo.jpg", output="protected")
"""

from importlib.metadata import version

from unseen import openmp  # noqa: F401 - first of all, because it has to come before torch
from unseen.errors import ModelError, PhotoError, UnseenError
from unseen.models import load_classifier
from unseen.protect import protect_file
from unseen.schemes import (
    Among,
    Away,
    Blur,
    Chain,
    ClassIndistinguishability,
    ClassReplacement,
    Crop,
    DeepFool,
    Enhance,
    Filter,
    GradientSign,
    Pixelate,
    Shield,
    Unchanged,
    Uniform,
)
from unseen.types import Protected

__version__ = version("unseen")

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
    "ModelError",
    "PhotoError",
    "Pixelate",
    "Protected",
    "Shield",
    "Unchanged",
    "Uniform",
    "UnseenError",
    "__version__",
    "load_classifier",
    "protect_file",
]
