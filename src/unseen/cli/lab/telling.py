"""How a lab ends: its report on disk, and what it says on the terminal."""

from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from unseen.cli.terminal import console
from unseen.lab.report import LabReport, write_lab_report


def write_and_tell(report: LabReport, folder: Path) -> None:
    """Write a report into its lab's folder; say its first table, and where the rest is.

    Raises:
        UnseenError: the folder holds something else than a lab's work, or cannot be written to.
    """
    write_lab_report(report, folder)
    section = next(section for section in report.sections if section.tables)
    table = section.tables[0]
    result = Table(title=Text(section.title), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name, kind in zip(table.columns, table.kinds, strict=True):
        result.add_column(Text(name), justify="right" if "number" in kind else "left")
    for row in table.rows:
        result.add_row(*map(Text, row))
    console().print(result)
    click.echo(f"Open {folder / 'report.html'} in a browser; the numbers are in {folder / 'report.json'}.")
