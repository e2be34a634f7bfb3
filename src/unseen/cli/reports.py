"""The account of a verb: where else it goes than to the terminal, and how it gets there."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePath

import click

from unseen.address import Address, resolved
from unseen.batch import has_record
from unseen.cli.options import Command
from unseen.cli.places import Named
from unseen.cli.terminal import complain
from unseen.errors import PhotoError, UnseenError
from unseen.looking import is_folder, is_there
from unseen.photo import write_new
from unseen.photo.atomic import write_over

SUFFIXES = (".html", ".json")

NONE: Mapping[Path, str] = {}
"""No report takes the place of another."""


def report_options(page: str) -> Callable[[Command], Command]:
    """Where the account goes: `reports`, and `as_json`.

    Args:
        page: what is special about the page, such as "with pictures".
    """
    told = f"Write the account to FILE.html, {page}, or FILE.json."
    files = click.option("--report", "reports", multiple=True, type=Named(), metavar="FILE", help=told)
    json = click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
    return lambda command: files(json(command))


def check_reports(paths: Sequence[Path], output: PurePath | None = None) -> None:
    """Refuse, before any work, reports that could not be written.

    Args:
        output: a folder that the run makes; where a former run worked in it, `own_reports` has the last word on those
            that exist.

    Raises:
        click.UsageError: such a report.
    """
    for index, path in enumerate(paths):
        _check(path, output, paths[:index])


def own_reports(paths: Iterable[Path], known: Mapping[str, str]) -> dict[Path, str]:
    """Those of the reports that a former run wrote and nobody has changed, with their digests: they may be replaced.

    Args:
        known: digests of such reports, by their whole names.

    Raises:
        click.UsageError: one that exists and is none of them.
    """
    existing = [path for path in paths if os.path.lexists(path)]
    found = {path: known.get(str(path.absolute())) for path in existing}
    for path, digest in found.items():
        if digest is None or digest != _digest(path):
            told = "exists already, and is not as an earlier run wrote it; move it away or name another"
            raise click.UsageError(f"--report {path}: {told}")
    return {path: digest for path, digest in found.items() if digest is not None}


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def write_reports(
    paths: Sequence[Path],
    *,
    page: Callable[[], Iterable[str]],
    json: Callable[[], Iterable[str]],
    over: Mapping[Path, str] = NONE,
    kept: Callable[[Mapping[str, str]], None] = lambda written: None,
) -> bool:
    """Whether all could be written; a full disk must not cost the account on the terminal as well.

    Args:
        over: digests of those that take the place of former ones.
        kept: told of each that is written, its whole name and its digest.
    """
    are_written = True
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            parts = page() if path.suffix.lower() == ".html" else json()
            if path in over and _digest(path) != over[path]:
                raise PhotoError(path, "was changed meanwhile", "move it away and run again")
            write = write_over if path in over else write_new
            write(path, (part.encode() for part in parts))
            kept({str(path.absolute()): _digest(path) or ""})
        except (UnseenError, OSError) as error:
            are_written = False
            complain(f"the report could not be written: {error}")
    return are_written


def _check(path: Path, output: PurePath | None, others: Sequence[Path]) -> None:
    if isinstance(path, Address):
        raise click.UsageError(f"--report {path}: a report is a file on this machine; name one")
    if path.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"--report {path}: its name must end in {' or '.join(SUFFIXES)}")
    is_former = os.path.lexists(path) and output is not None and has_record(output)
    if path in others or (os.path.lexists(path) and not is_former):
        problem = "is given twice; name it once" if path in others else "exists already; move it away or name another"
        raise click.UsageError(f"--report {path}: {problem}")
    folder = path.parent
    if isinstance(output, Path) and not is_there(folder) and resolved(folder) == resolved(output):
        return  # the run makes it
    if not is_folder(folder):
        raise click.UsageError(f"--report {path}: the folder {folder} does not exist; create it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise click.UsageError(f"--report {path}: the folder {folder} may not be changed; choose another")
