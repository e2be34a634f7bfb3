"""The documents say what the command does: its help is in docs/cli.md, and what README.md tells to type runs."""

import functools
import importlib.util
import re
import shlex
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import click
import pytest
from PIL import Image
from skimage.data import chelsea, coffee

import unseen as library
from unseen.cli.main import commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = ROOT / "docs" / "cli.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]
LONG_COMMANDS = [line for block in blocks("bash") for line in block.splitlines()]
SERVERS = [line for block in blocks("shell") for line in block.splitlines()]
"""Commands that run until they are stopped."""


def test_the_page_of_the_command_line_is_what_help_says() -> None:
    spec = importlib.util.spec_from_file_location("generate_cli", ROOT / "docs" / "generate_cli.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert PAGE.read_text("utf-8") == generate.page(), "run python docs/generate_cli.py"


def test_every_command_and_option_is_documented() -> None:
    page = PAGE.read_text("utf-8")
    for name, command in every_command(commands):
        section = page.split(f"## `{name}`\n")[1].split("\n## ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts} says nothing"
                assert all(re.search(rf"{option}\b", section) for option in parameter.opts)


def every_command(command: click.Command, name: str = "unseen") -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from every_command(inner, f"{name} {word}")


@pytest.fixture
def album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as README.md imagines it; networks are loaded once for all commands."""
    photos = {"photo.jpg": chelsea(), "holiday/cat.jpg": chelsea()[:, ::-1], "holiday/day2/coffee.png": coffee()}
    for name, pixels in photos.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).resize((192, 128)).save(path, quality=90)
    for number in range(2):
        with tarfile.open(tmp_path / f"shards-{number:03}.tar", "w") as tar:
            tar.add(tmp_path / "photo.jpg", f"{number}.jpg")
    (tmp_path / "labels.csv").write_text("file,label\nholiday/cat.jpg,tabby\nholiday/day2/coffee.png,967;968\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("unseen.protect.protection.load_classifier", functools.cache(library.load_classifier))
    return tmp_path


def test_the_readme_has_commands_of_every_verb_that_writes_or_reads() -> None:
    every = COMMANDS + LONG_COMMANDS + SERVERS
    assert {shlex.split(line)[1] for line in every} == set(commands.commands) - {"demo"}
    assert all(line.startswith("unseen ") for line in every)


def test_every_command_of_the_readme_runs(album: Path, unseen) -> None:
    for line in COMMANDS:
        result = unseen(*shlex.split(line)[1:])
        assert (result.code, result.err) in ((0, ""), (0, "2 photos would be protected; nothing was written\n")), line
        assert result.out
    written = {path.name for path in album.iterdir()}
    assert {"photo-unseen.jpg", "for-sharing", "holiday.html", "audit.html", "strong", "chosen", "labelled"} <= written


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_every_long_command_of_the_readme_runs(album: Path, shared: Path, unseen) -> None:
    (album / "mnist").symlink_to(shared / "data" / "mnist")
    (album / "prints").symlink_to(shared / "data" / "ukiyoe")
    (album / "more").mkdir()
    (album / "more/photo.jpg").write_bytes((album / "photo.jpg").read_bytes())
    for line in LONG_COMMANDS:
        result = unseen(*shlex.split(line)[1:])
        assert (result.code, result.err) == (0, ""), line
        assert result.out
    assert (album / "lab-mnist" / "report.html").stat().st_size > 100_000
    assert (album / "lab-imagenet" / "report.html").stat().st_size > 100_000
    assert (album / "lab-pixel-privacy" / "report.html").stat().st_size > 100_000


@pytest.mark.parametrize("line", SERVERS)
def test_every_server_of_the_readme_starts_and_answers(line: str, started) -> None:
    process = started(*shlex.split(line)[1:], "--port", 0, "--no-browser")
    address = process.stdout.readline().partition("#")[0].strip()
    with urlopen(f"http://127.0.0.1:{urlsplit(address).port}/healthz", timeout=60) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("block", blocks("python"))
def test_every_python_example_of_the_readme_runs(block: str, album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_what_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing in ([], ["docs/results.md", "docs/results.md"])
