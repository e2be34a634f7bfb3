import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from unseen.report import PhotoRow, Preview, Report, preview, to_html

from ..page import Page


@pytest.fixture
def pictures() -> Preview:
    original = np.full((30, 40, 3), 100, dtype=np.uint8)
    return preview(original, original + 4)


def test_the_page_asks_nothing_of_anyone(report: Report, pictures: Preview) -> None:
    html = to_html(report, {"album/cat.jpg": pictures})
    page = Page(html)
    links = [value for _, given in page.elements for name, value in given.items() if name in {"src", "href"}]
    assert len(links) == 6
    assert all(re.match(r"data:image/jpeg;base64,|#photo-\d$", link or "") for link in links)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert "url(" not in html
    assert "@import" not in html
    assert "://" not in html


def test_every_photo_network_and_number_is_told(report: Report, pictures: Preview) -> None:
    text = Page(to_html(report, {"album/cat.jpg": pictures})).text.replace("\N{NO-BREAK SPACE}", " ")
    for expected in (
        "1 of 3 photos is protected",
        "cat.jpg Protected",
        "What was changed, 32 times stronger; grey is unchanged",
        "lite2 not used to make the protection",
        "Egyptian cat true answer 81.0 %",
        "True answer not among them: less than 0.01 %.",
        "Uncertainty (ICE): 1.25",
        "Removed from the file EXIF, GPS position",
        "Saved at JPEG quality 95 4:4:4.",
        "Made to look like chain mail, ring mail (99.3 %)",
        "PSNR 43.2 dB, SSIM 0.9831",
        "Still recognised by lite0. Try a higher strength",
        "nothing: it held no metadata",
        "album/torn.jpg: the file ends early; copy it again",
        "models lite0, lite1",
        "dry run no",
    ):
        assert expected in text


def test_text_from_outside_stays_text(report: Report, protected_row: PhotoRow) -> None:
    attack = "<script>alert(1)</script>"
    lite0 = protected_row.models[0]
    hostile = replace(
        protected_row,
        input=f"{attack}\udcff.jpg",
        notes=(attack,),
        target=attack,
        metadata_removed=(attack,),
        models=(replace(lite0, name=attack, reference=attack),),
    )
    html = to_html(replace(report, photos=(hostile, hostile), settings={attack: attack}), {})
    assert "<script" not in html
    assert html.encode().count(b"&lt;script&gt;") >= 10
    Page(html)


def test_it_opens_for_one_photo_or_none(report: Report, protected_row: PhotoRow) -> None:
    assert "All photos" not in Page(to_html(replace(report, photos=(protected_row,)), {})).text
    assert "None of 0 photos" in Page(to_html(replace(report, photos=()), {})).text


def test_pictures_have_words(report: Report, pictures: Preview) -> None:
    page = Page(to_html(report, {"album/cat.jpg": pictures}))
    assert [given["alt"] for tag, given in page.elements if tag == "img"] == [
        "The original photo",
        "The protected copy",
        "The change, made stronger",
    ]
    assert ("html", {"lang": "en"}) in page.elements


def test_headings_go_down_one_step_at_a_time(report: Report, pictures: Preview) -> None:
    page = Page(to_html(report, {"album/cat.jpg": pictures}))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(report: Report, theme: str) -> None:
    light, dark = re.findall(r":root \{(.*?)\}", to_html(report, {}), flags=re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", light if theme == "light" else dark))
    pairs = [
        ("text", "page"),
        ("text", "card"),
        ("quiet", "page"),
        ("quiet", "card"),
        ("quiet", "rail"),
        ("true", "card"),
    ]
    pairs += [("link", "page"), *((name, f"{name}-back") for name in ("good", "warn", "bad"))]
    for text, back in pairs:
        brighter, darker = sorted((_luminance(colours[text]), _luminance(colours[back])), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= 4.5, (text, back)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_pictures_and_chains_are_no_raw_data(report: Report) -> None:
    settings = {**report.settings, "pictures": [{"scheme": "Crop", "place": "centre"}], "schemes": [{"scheme": "Away"}]}
    html = to_html(replace(report, settings=settings), {})
    assert "<dd>crop (place centre)</dd>" in html
    assert "<dd>away</dd>" in html
    assert "{&#39;" not in html


def test_a_change_that_fills_the_range_is_not_made_stronger(report: Report, pictures: Preview) -> None:
    page = Page(to_html(report, {"album/cat.jpg": replace(pictures, amplification=1)}))
    assert [given["alt"] for tag, given in page.elements if tag == "img"][2] == "The change"
