"""The account of a verb: where else it goes than to the terminal, and how it gets there."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from unseen.cli.options import Command
from unseen.cli.terminal import complain
from unseen.errors import UnseenError
from unseen.photo import write_new

SUFFIXES = (".html", ".json")


def report_options(page: str) -> Callable[[Command], Command]:
    """Where the account goes: `reports`, and `as_json`.

    Args:
        page: what is special about the page, such as "with pictures".
    """
    told = f"Write the account to FILE.html, {page}, or FILE.json."
    files = click.option(
        "--report", "reports", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help=told
    )
    json = click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
    return lambda command: files(json(command))


def check_reports(paths: Sequence[Path], output: Path | None = None) -> None:
    """Refuse, before any work, reports that could not be written.

    Args:
        output: a folder that the run makes.

    Raises:
        click.UsageError: such a report.
    """
    for index, path in enumerate(paths):
        _check(path, output, paths[:index])


def write_reports(paths: Sequence[Path], *, page: Callable[[], str], json: Callable[[], str]) -> bool:
    """Whether all could be written; a full disk must not cost the account on the terminal as well."""
    are_written = True
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, (page() if path.suffix.lower() == ".html" else json()).encode())
        except (UnseenError, OSError) as error:
            are_written = False
            complain(f"the report could not be written: {error}")
    return are_written


def _check(path: Path, output: Path | None, others: Sequence[Path]) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--report {path}: its name must end in {' or '.join(SUFFIXES)}")
    if os.path.lexists(path) or path in others:
        raise click.UsageError(f"--report {path}: {'exists already' if path not in others else 'is given twice'}")
    folder = path.parent
    if output is not None and not folder.exists() and folder.resolve() == output.resolve():
        return  # the run makes it
    if not folder.is_dir():
        raise click.UsageError(f"--report {path}: the folder {folder} does not exist; create it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise click.UsageError(f"--report {path}: the folder {folder} may not be changed; choose another")
