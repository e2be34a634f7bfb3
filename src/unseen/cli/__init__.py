"""The command line: one verb is one call of the library."""

from unseen.cli.main import main

__all__ = ["main"]
