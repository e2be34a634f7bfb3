"""Write docs/cli.md from the help of the command: python docs/generate_cli.py (a test compares the two)."""

from collections.abc import Iterator
from pathlib import Path

import click

from unseen.cli.main import commands

PAGE = Path(__file__).with_name("cli.md")
WIDTH = 100

_OPENING = """\
# The command line

Made by `python docs/generate_cli.py` from what `--help` says; do not edit.
"""


def page() -> str:
    """The help of every verb, as Markdown."""
    return "\n".join([_OPENING, *_sections(commands, "unseen")])


def _sections(command: click.Command, name: str) -> Iterator[str]:
    """A command's own section, and those of the commands below it."""
    yield _section(command, name)
    if isinstance(command, click.Group):
        for word, inner in sorted(command.commands.items()):
            yield from _sections(inner, f"{name} {word}")


def _section(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    context.help_option_names = ["-h", "--help"]
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    text = "\n".join(lines)
    return f"## `{name}`\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
