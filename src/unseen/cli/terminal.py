"""How the command speaks: tables on standard output, what went wrong in one line on standard error."""

import os
import sys

import click
from rich.console import Console

from unseen.errors import visible

INTERRUPTED = 130
"""The exit code of a process that Ctrl-C ended."""

_PIPED_WIDTH = 120
"""Columns of a table where there is no terminal to say how many it has."""


def console() -> Console:
    """Standard output, as wide as the terminal, $COLUMNS, or else wide enough for the tables."""
    unknown = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_PIPED_WIDTH if unknown else None)


def complain(problem: object) -> None:
    """One line on standard error."""
    click.echo(f"Error: {visible(str(problem))}", err=True)


def remark(note: object) -> None:
    """The same about what is no error, but should be known."""
    click.echo(f"Note: {visible(str(note))}", err=True)
