"""What can be said of the page's files without a browser."""

import json
import re
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from unseen.report import outcomes, shared, verdicts, words
from unseen.report.layout import Answer, HiddenReading, ModelReading, Reading

from ...page import Page

PAGE = Path(str(files("unseen.web"))) / "page"
TEXTS = [path for path in sorted(PAGE.rglob("*")) if path.suffix in {".html", ".css", ".js", ".svg"}]
MODULES = sorted(PAGE.glob("*.js"))
SVG = "http://www.w3.org/2000/svg"

Ask = Callable[[str], Any]


def test_nothing_comes_from_another_host():
    for path in TEXTS:
        assert not re.search(r"https?://|url\(|@import", path.read_text().replace(SVG, "")), path.name


def test_no_script_and_no_style_is_in_the_markup():
    page = Page((PAGE / "index.html").read_text())
    for tag, given in page.elements:
        assert tag != "style"
        assert "style" not in given
        assert not [name for name in given if name.startswith("on")]
        assert tag != "script" or given["src"]
    assert not [
        path.name for path in MODULES if re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", path.read_text())
    ]


def test_all_that_is_named_is_there():
    links = [given.get("src") or given.get("href") for _, given in Page((PAGE / "index.html").read_text()).elements]
    named = {link for link in links if link and link.startswith("/page/")}
    assert all((PAGE / link.removeprefix("/page/")).is_file() for link in named)
    for module in MODULES:
        text = module.read_text()
        for names, source in re.findall(r'^import (.+?) from "\./([\w.]+)";', text, re.MULTILINE):
            theirs = (PAGE / source).read_text()
            for name in re.findall(r"\w+", names) if "{" in names else ():
                assert re.search(rf"^export (async )?(function|const|class) {name}\b", theirs, re.MULTILINE), (
                    module.name,
                    name,
                )
    for selector in re.findall(r'find\("#([\w-]+)"', "".join(module.read_text() for module in MODULES)):
        assert f'id="{selector}"' in (PAGE / "index.html").read_text()


def test_the_files_are_small_and_go_into_the_package():
    settings = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    packed = {Path(pattern).suffix for pattern in settings["tool"]["setuptools"]["package-data"]["unseen"]}
    for path in filter(Path.is_file, PAGE.rglob("*")):
        assert path.suffix in packed
        assert path.suffix == ".webp" or len(path.read_text().splitlines()) <= 250
    examples = sorted((PAGE / "examples").iterdir())
    assert [path.stem for path in examples] == ["crop", "enhance", "perturb", "style", "universal"]
    assert all(path.stat().st_size <= 15_000 for path in examples)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_they_stand_on(scheme: str):
    blocks = re.findall(r":root \{(.*?)\}", (PAGE / "base.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[scheme == "dark"]))
    on_card = {
        ("text", "card"),
        ("quiet", "card"),
        ("link", "card"),
        ("true", "card"),
        ("text", "rail"),
        ("quiet", "rail"),
    }
    on_page = {("text", "page"), ("quiet", "page")}
    on_own = {("good", "good-back"), ("warn", "warn-back"), ("bad", "bad-back"), ("on-link", "link")}
    for front, back in on_card | on_page | on_own:
        assert contrast(colours[front], colours[back]) >= 4.5, (front, back)
    assert contrast(colours["edge"], colours["card"]) >= 3


def contrast(first: str, second: str) -> float:
    """As WCAG 2 has it."""

    def luminance(colour: str) -> float:
        values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
        return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_a_zip_is_one_that_others_can_open(ask: Ask, tmp_path: Path):
    contents = {"café (2).jpg": b"\xff\xd8" + bytes(range(256)) * 300, "leer.png": b"", "日本.webp": b"webp"}
    for index, content in enumerate(contents.values()):
        (tmp_path / f"{index}.bin").write_bytes(content)
    ask(
        f"""
        import {{ readFileSync, writeFileSync }} from "node:fs";
        import {{ zipped }} from "./zip.js";
        const blob = (at) => new Blob([readFileSync(`${{at}}.bin`)]);
        const files = {json.dumps(list(contents))}.map((name, at) => ({{ name, blob: blob(at) }}));
        const made = await zipped(files, new Date(2026, 10, 21, 13, 45, 58));
        writeFileSync("made.zip", new Uint8Array(await made.arrayBuffer()));
        console.log("true");
        """
    )
    with zipfile.ZipFile(tmp_path / "made.zip") as held:
        assert held.testzip() is None
        assert {name: held.read(name) for name in held.namelist()} == contents
        assert {entry.date_time for entry in held.infolist()} == {(2026, 11, 21, 13, 45, 58)}


def test_names_that_come_again_get_a_number_and_no_name_is_a_path(ask: Ask):
    given = ["a.jpg", "A.JPG", "a.jpg", "a (2).jpg", "b", "b"]
    script = 'import {{ {0} }} from "./names.js"; console.log(JSON.stringify({1}))'
    assert ask(script.format("distinct", f"distinct({json.dumps(given)})")) == [
        "a.jpg", "A (2).JPG", "a (3).jpg", "a (2) (2).jpg", "b", "b (2)",
    ]  # fmt: skip
    paths = ["../../etc/passwd", r"C:\photos\a.jpg", "..", "", "a\u0000b.jpg"]
    told = ask(script.format("plainName", f"{json.dumps(paths)}.map(plainName)"))
    assert told == ["passwd", "a.jpg", "photo", "photo", "ab.jpg"]


def test_numbers_are_told_as_the_reports_tell_them(ask: Ask):
    numbers = [0, 0.00005, 0.0001, 0.00123, 0.0099, 0.01, 0.1234, 0.5, 0.998, 0.9991, 0.99995, 1]
    told = ask(f'import {{ percent }} from "./words.js"; console.log(JSON.stringify({numbers}.map(percent)))')
    assert told == [words.percent(number) for number in numbers]


def test_verdicts_are_those_of_the_reports(ask: Ask):
    def model(before: str, after: str, hidden: HiddenReading | None) -> ModelReading:
        readings = (
            Reading(icp=0.5, ice=1.0, top5=tuple(Answer(label=label, probability=0.3) for label in top.split()))
            for top in (before, after)
        )
        first, now = readings
        return ModelReading(name="n", role="surrogate", reference="cat", before=first, after=now, hidden=hidden)

    def hidden(before: bool, after: bool, *labels: str) -> HiddenReading:
        return HiddenReading(
            before=0.5, after=0.1, revealed_before=before, revealed_after=after, labels=labels, groups=()
        )

    models = [
        model(before, after, seen)
        for before in ("cat dog", "dog cat")
        for after in ("cat dog", "dog cat", "dog fox")
        for seen in (
            None,
            hidden(True, True),
            hidden(True, False, "cat"),
            hidden(True, False, "owl"),
            hidden(False, False),
        )
    ]
    for settings in ({}, {"hide": ["cat"]}):
        given = f"{json.dumps([asdict(one) for one in models])}.map((one) => verdict(one, {json.dumps(settings)}))"
        script = f'import {{ verdict }} from "./verdicts.js"; console.log(JSON.stringify({given}))'
        assert ask(script) == [verdicts.verdict(one, settings) for one in models]


def test_what_is_said_is_what_the_reports_say():
    text = (PAGE / "verdicts.js").read_text()
    for name, told in {**verdicts.VERDICTS, **outcomes.STATUSES, "close": shared.VERDICTS["close"]}.items():
        assert f'{name}: "{told}"' in text
    assert outcomes.LIMITS in re.sub(r'" \+\n\s*"', "", text)
