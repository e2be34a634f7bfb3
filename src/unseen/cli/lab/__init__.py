"""`unseen lab`: the papers' experiments, each run again by one command."""

import click

from unseen.cli.lab.crawl import crawl
from unseen.cli.lab.imagenet import imagenet
from unseen.cli.lab.mnist import mnist
from unseen.cli.lab.pixel_privacy import pixel_privacy


@click.group()
def lab() -> None:
    """Run the papers' experiments again, beside what the papers printed.

    Each writes report.html, report.json and figures/ into a folder. Interrupted, it resumes when run again.
    """


for experiment in (mnist, imagenet, crawl, pixel_privacy):
    lab.add_command(experiment)
