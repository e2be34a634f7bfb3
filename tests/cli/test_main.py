"""How the command ends where the system refuses what nobody foresaw."""

import errno
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from unseen.cli.main import commands

Stray = Callable[[Callable[[], None]], None]


@pytest.fixture
def stray(monkeypatch: pytest.MonkeyPatch) -> Stray:
    """Have `unseen stray` do as the test says."""
    return lambda work: monkeypatch.setitem(commands.commands, "stray", click.command("stray")(work))


def test_an_error_names_the_file_that_it_is_about(stray: Stray, unseen, tmp_path: Path) -> None:
    stray((tmp_path / "gone").rmdir)
    ended = unseen("stray")
    told = f"{tmp_path}/gone: No such file or directory; what was done stands: check the disk and run again"
    assert (ended.code, ended.err) == (1, f"Error: {told}\n")


def test_an_error_about_no_file_is_not_told_of_standard_output(stray: Stray, unseen) -> None:
    def full() -> None:
        click.echo("so far")
        raise OSError(errno.ENOSPC, "No space left on device")

    stray(full)
    ended = unseen("stray")
    told = "No space left on device; what was done stands: check the disk and run again"
    assert (ended.code, ended.out, ended.err) == (1, "so far\n", f"Error: {told}\n")
