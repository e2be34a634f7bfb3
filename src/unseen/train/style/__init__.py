"""Training of a style from two folders, photos and pictures of the style; no picture has a counterpart."""

from unseen.train.style.settings import METHODS, StyleTraining
from unseen.train.style.training import TrainedStyle, train_style

__all__ = ["METHODS", "StyleTraining", "TrainedStyle", "train_style"]
