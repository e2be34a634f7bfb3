import io
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from unseen.audit import Audit
from unseen.audit.account import ReaderAccount
from unseen.audit.page import previews, to_html
from unseen.audit.summary import summarise
from unseen.audit.table import tables
from unseen.audit.words import exposed, findings, opening, share
from unseen.report.layout import Row

from ..page import Page


def rows(photos: int, hits: dict[tuple[str, str], int], role: str = "held-out", network: str = "deit") -> list[Row]:
    """Of `photos` photos, so many are recognised by preset and version."""
    return [
        Row(
            photo=f"album/{photo:02}.png",
            network=network,
            role=role,
            preset=preset,
            version=version,
            reference="tabby",
            answer="tabby" if photo < count else "Egyptian cat" if photo < 2 * count else "sports car",
            icp=0.75 if photo < count else 0.0,
            ice=1.5,
            top1=photo < count,
            top5=photo < 3 * count,
            leaked=photo < 2 * count,
        )
        for photo in range(photos)
        for (preset, version), count in hits.items()
    ]


HITS = {
    ("file", "original"): 18,
    ("file", "noise"): 16,
    ("file", "protected"): 2,
    ("jpeg-50", "original"): 17,
    ("jpeg-50", "noise"): 15,
    ("jpeg-50", "protected"): 5,
    ("blur", "original"): 16,
    ("blur", "noise"): 15,
    ("blur", "protected"): 4,
}


@pytest.fixture
def audit() -> Audit:
    """Twenty photos read by one network that took part and one that did not."""
    found = (*rows(20, HITS), *rows(20, dict.fromkeys(HITS, 0), "surrogate", "lite0"))
    networks = tuple(
        ReaderAccount(name=name, role=role, source="", sha256=None, classes=1000, meanings=True)
        for name, role in (("lite0", "surrogate"), ("deit", "held-out"))
    )
    return Audit(
        version="1",
        settings={"original": "album", "labelled": 20, "surrogates": ["lite0"]},
        networks=networks,
        presets={"file": "the file itself", "jpeg-50": "saved again as JPEG 50", "blur": "blurred a little"},
        photos=20,
        rows=found,
        summary=summarise(found),
        not_tested=("Faces and captions.",),
        problems=("lite9 is left out: unknown",),
        notes=("lite0 is not held out",),
    )


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_still_seen_and_what_is_not_is_said_in_words(audit: Audit) -> None:
    assert opening(audit) == "20 photos, read by 1 network that had no part in the protection: deit."
    told = findings(audit)
    assert [plain(line) for line in told.still] == [
        "They name 10 % of the protected copies right at the first guess (95 %: 3–30 %), and have the right name among "
        "five guesses in 30 %.",
        "Counted by meaning, 20 % are given away: a tabby taken for another cat is still a cat.",
        "Once they are shared, at most 25 % are named right (saved again as JPEG 50; of the originals 85 %).",
        "Once they are cleaned by somebody who wants to read them, at most 20 % are named right (blurred a little; of "
        "the originals 80 %).",
        "In the worst tenth of the photos, 100 % of the first guesses are still right.",
    ]
    assert [plain(line) for line in told.no_longer] == [
        "Of the originals, they name 90 %; of the protected copies, 10 %. The chance they give to the true answer "
        "falls from 68 % to 8 %.",
        "Random noise of the same size would have left 80 %: the rest is what the protection adds.",
    ]


def test_a_share_is_never_a_false_nothing_or_all() -> None:
    told = [plain(share(value)) for value in (0, 0.004, 0.006, 0.5, 0.994, 0.996, 1, None)]
    assert told == ["0 %", "<1 %", "1 %", "50 %", "99 %", ">99 %", "100 %", "–"]


def test_the_photos_that_are_recognised_most_come_first(audit: Audit) -> None:
    first, second, third = exposed(audit.rows, 3)
    assert [one.photo for one in (first, second, third)] == ["album/00.png", "album/01.png", "album/02.png"]
    assert [one.share for one in (first, third)] == [1, pytest.approx(2 / 3)]
    assert first.answers == (("deit", "tabby", "tabby"),)
    assert third.answers == (("deit", "tabby", "Egyptian cat"),)
    assert len(exposed(audit.rows, 100)) == 5


def test_the_page_asks_nothing_of_anyone(audit: Audit) -> None:
    html = to_html(audit, {"album/00.png": (b"one", b"two")})
    page = Page(html)
    links = [value for _, given in page.elements for name, value in given.items() if name in {"src", "href"}]
    assert len(links) == 2
    assert all(re.match(r"data:image/jpeg;base64,", link or "") for link in links)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert not any(word in html for word in ("url(", "@import", "://"))


def test_a_person_finds_what_matters_at_the_top(audit: Audit) -> None:
    text = plain(Page(to_html(audit, {})).text)
    places = [
        text.index(part)
        for part in (
            "What machines still see 20 photos, read by 1 network that had no part in the protection: deit.",
            "What they still see They name 10 % of the protected copies right",
            "What they no longer see Of the originals, they name 90 %",
            "What was not tested Faces and captions.",
            "What could not be done lite9 is left out: unknown lite0 is not held out",
            "As they are shared the file itself",
            "Cleaned by somebody who wants to read them blurred a little",
            "Network by network",
            "The photos that are still recognised most",
            "How it was measured",
            "20 of 20 photos had a label",
        )
    ]
    assert places == sorted(places)
    assert "lite0 made against it 0 % 0 % 0 %" in text


def test_numbers_and_bars_are_those_of_the_summary(audit: Audit) -> None:
    page = Page(to_html(audit, {}))
    bars = [(given.get("class"), given["style"]) for given in page.all("span") if given.get("style")]
    assert bars == [
        ("original", "width: 90.0%"),
        ("noise", "width: 80.0%"),
        ("protected", "width: 10.0%"),
        ("original", "width: 85.0%"),
        ("noise", "width: 75.0%"),
        ("protected", "width: 25.0%"),
        ("original", "width: 80.0%"),
        ("noise", "width: 75.0%"),
        ("protected", "width: 20.0%"),
    ]
    assert "saved again as JPEG 50 85 % 75 % 25 % 11–47 % 100 % 50 %" in plain(page.text)


def test_text_from_outside_stays_text(audit: Audit) -> None:
    attack = "<script>alert(1)</script>"
    hostile = tuple(replace(row, photo=f"{attack}\udcff.jpg", answer=attack, reference=attack) for row in audit.rows)
    html = to_html(replace(audit, rows=hostile, problems=(attack,), settings={attack: attack, "labelled": 0}), {})
    assert "<script" not in html
    assert html.encode().count(b"&lt;script&gt;") >= 5
    Page(html)


def test_headings_go_down_one_step_at_a_time(audit: Audit) -> None:
    levels = [int(tag[1]) for tag, _ in Page(to_html(audit, {})).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_it_opens_without_held_out_networks_and_without_noise(audit: Audit) -> None:
    known = tuple(row for row in audit.rows if row.role == "surrogate" and row.version != "noise")
    alone = replace(audit, rows=known, summary=summarise(known), networks=audit.networks[:1])
    text = Page(to_html(alone, {})).text
    assert "No other network was at hand, so this tells what it can do at best." in text
    assert "What they no longer see" not in text


def test_the_real_thing(audited: Audit, pair, tmp_path: Path) -> None:
    pairs = [pair(seed) for seed in range(12)]
    pictures = previews(audited, pairs)
    assert set(pictures) == {one.photo for one in exposed(audited.rows, 6)}
    assert all(jpeg[:2] == b"\xff\xd8" for both in pictures.values() for jpeg in both)
    page = Page(to_html(audited, pictures))
    assert len(page.all("img")) == 2 * len(pictures)
    pairs[0].copies[0].unlink()
    assert len(previews(audited, pairs)) >= len(pictures) - 1


def test_the_terminal_says_the_same(audit: Audit) -> None:
    file = io.StringIO()
    Console(width=120, file=file).print(tables(audit))
    text = " ".join(plain(file.getvalue()).split())
    for part in (
        "20 photos, read by 1 network that had no part in the protection: deit.",
        "the file itself 90 % 80 % 10 % 3–30 % 100 % 20 %",
        "saved again as JPEG 50 85 % 75 % 25 % 11–47 % 100 % 50 %",
        "Random noise of the same size would have left 80 %",
        "deit no part in it 90 % 80 % 10 % 3–30 % 30 % 8 % 1.50",
        "lite0 made against it 0 % 0 % 0 %",
        "Not tested - lite0 is not held out - Faces and captions.",
    ):
        assert part in text, part
