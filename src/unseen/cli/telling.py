"""How a run of `unseen protect` ends: its reports, its table, and one line that adds up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from unseen.batch import Account
from unseen.cli.reports import NONE, write_reports
from unseen.cli.terminal import console
from unseen.report import Preview, table, to_html
from unseen.report.as_json import json_parts
from unseen.report.layout import Status

FULL_TABLE = 200
"""Photos up to which the terminal's table tells of all."""
SHORT_TABLE = 20
"""Of more, it tells of so many, the worst."""

STATUSES: tuple[Status, ...] = ("protected", "not_achieved", "untouched", "failed")


def tell(
    account: Account,
    previews: Mapping[str, Preview],
    reports: tuple[Path, ...],
    seconds: float,
    *,
    as_json: bool,
    over: Mapping[Path, str] = NONE,
    kept: Callable[[Mapping[str, str]], None] = lambda written: None,
) -> bool:
    """Write the reports, and tell the terminal; whether all could be written.

    Args:
        over: digests of reports that take the place of former ones.
        kept: told of each report that is written, its whole name and its digest.
    """
    report, totals = account.report, account.totals
    are_written = write_reports(
        reports,
        page=lambda: [to_html(report, previews, totals)],
        json=lambda: json_parts(report, account.rows()),
        over=over,
        kept=kept,
    )
    if as_json:
        for part in json_parts(report, account.rows()):
            click.echo(part, nl=False)
    elif totals.photos:
        shown = report.photos if totals.photos <= FULL_TABLE else report.photos[:SHORT_TABLE]
        console().print(table(replace(report, photos=shown), totals))
        statuses = [status for status in STATUSES if status != "untouched" or "hide" in report.settings]
        counts = (f"{totals.statuses[status]} {status.replace('_', ' ')}" for status in statuses)
        click.echo(f"{', '.join(counts)}, in {seconds:.1f} seconds")
    return are_written


def succeeded(account: Account) -> bool:
    """Whether no photo is left that is not as it was asked for."""
    return not account.totals.statuses["failed"] and not account.totals.statuses["not_achieved"]
