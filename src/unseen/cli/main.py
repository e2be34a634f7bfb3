"""The `unseen` command: its verbs, and how errors and interruptions end."""

import os
import sys
from traceback import walk_tb

import click
from click.exceptions import NoArgsIsHelpError

from unseen import __version__
from unseen.cli.audit import audit
from unseen.cli.catalogues import models, schemes
from unseen.cli.demo import demo
from unseen.cli.inspect import inspect
from unseen.cli.lab import lab
from unseen.cli.protect import protect
from unseen.cli.serve import serve
from unseen.cli.terminal import INTERRUPTED, complain
from unseen.cli.train import train
from unseen.errors import ClusterError, UnseenError

WRONG_USAGE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="unseen")
def commands() -> None:
    """Protect photos against automatic reading by deep networks.

    Exit code 0: every photo was protected. 1: some were not. 2: wrong usage. 130: interrupted.
    """


for verb in (protect, audit, inspect, serve, models, schemes, demo, lab, train):
    commands.add_command(verb)


_PRINTING = (__name__, "click.utils", "rich.console")
"""Modules that write to standard output."""


def main() -> None:
    """Run the command; what the user can mend ends in one line and exit code 2."""
    try:
        code = _run()
        sys.stdout.flush()
    except OSError as error:  # whoever read the output has gone, or the disk it goes to is full
        if not isinstance(error, BrokenPipeError):
            complain(f"standard output cannot be written ({error.strerror or error}); what was done stands")
        # What is still buffered would fail again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def _run() -> int:
    try:
        return commands.main(prog_name="unseen", standalone_mode=False) or 0
    except NoArgsIsHelpError as error:
        error.show()
        return WRONG_USAGE
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "unseen"
        complain(f"{error.format_message().rstrip('.')} ({command} --help tells more)")
        return WRONG_USAGE
    except ClusterError as error:
        complain(error)
        return 1
    except (click.ClickException, UnseenError) as error:
        complain(error)
        return WRONG_USAGE
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    except OSError as error:
        if _arose_in(error) in _PRINTING:
            raise
        name = f"{error.filename}: " if error.filename else ""
        complain(f"{name}{error.strerror or error}; what was done stands: check the disk and run again")
        return 1


def _arose_in(error: OSError) -> str:
    """The module that called the system."""
    *_, (frame, _) = walk_tb(error.__traceback__)
    return str(frame.f_globals["__name__"])
