"""Section 5.1 of Liu et al. 2019: universal noise against a network that reads handwritten digits."""

from unseen.lab.mnist.lab import run_mnist_lab
from unseen.lab.mnist.settings import QUICK, Bench, MnistSettings

__all__ = ["QUICK", "Bench", "MnistSettings", "run_mnist_lab"]
