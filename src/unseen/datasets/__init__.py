"""Sets that experiments run on: MNIST's digits, and photos with labels."""

from unseen.datasets.labelled import LabelledPhoto, labelled_photos
from unseen.datasets.mnist import Digits, Mnist, load_mnist

__all__ = ["Digits", "LabelledPhoto", "Mnist", "labelled_photos", "load_mnist"]
