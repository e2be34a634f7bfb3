"""`unseen train`: makes noises, styles and the weights that experiments start from."""

import click

from unseen.cli.train.mnist import mnist
from unseen.cli.train.style import style
from unseen.cli.train.universal import universal


@click.group()
def train() -> None:
    """Train noises and styles for all photos, and the networks of experiments."""


for training in (universal, style, mnist):
    train.add_command(training)
