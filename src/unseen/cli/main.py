"""The `unseen` command: its verbs, and how errors and interruptions end."""

import sys

import click

from unseen import __version__
from unseen.cli.catalogues import models, schemes
from unseen.cli.demo import demo
from unseen.cli.inspect import inspect
from unseen.cli.protect import protect
from unseen.errors import UnseenError

INTERRUPTED = 130
"""The exit code of a process that Ctrl-C ended."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unseen")
def commands() -> None:
    """Protect photos against automatic reading by deep networks.

    Exit code 0: every photo was protected. 1: some were not. 2: wrong usage.
    """


for verb in (protect, inspect, models, schemes, demo):
    commands.add_command(verb)


def main() -> None:
    """Run the command; what the user can mend ends in one line and exit code 2."""
    try:
        sys.exit(commands.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except UnseenError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: finished copies are whole, the rest was not written.", err=True)
        sys.exit(INTERRUPTED)
