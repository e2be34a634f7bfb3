"""The page for those who use a keyboard, a phone or a dark screen, and where the server wants a token or is gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
expect.set_options(timeout=120_000)  # machines are busy

pytestmark = pytest.mark.proof

TOKEN = "a-token-of-some-length"


def tab_to(page: Any, name: str, most: int = 60) -> None:
    """Press Tab until the element of that name has the focus, which has to be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
              const element = document.activeElement;
              const handle = element.closest(".compare")?.querySelector(".edge");
              const shown = handle ?? element.closest(".way") ?? element;
              const ring = getComputedStyle(shown, handle ? "::after" : null);
              const own = element.closest("label") ?? element;
              const name = element.getAttribute("aria-label") ?? own.innerText;
              return { name: name.trim(), ring: ring.outlineStyle !== "none" || element === document.body };
            }"""
        )
        assert focused["ring"], f"no focus is to be seen on {focused['name']}"
        if focused["name"].startswith(name):
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_everything_can_be_done_with_the_keyboard(page, cat: Path):
    tab_to(page, "Skip to your photos")
    tab_to(page, "Choose photos")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(cat)
    expect(page.locator(".photo .headline")).to_have_count(1)
    tab_to(page, "Strength in levels")
    page.keyboard.press("ArrowRight")
    assert page.locator("#levels").get_attribute("aria-valuetext") == "9 levels, between medium and high"
    tab_to(page, "Perturb")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    assert page.locator("input[value=universal]").is_checked()
    tab_to(page, "Protect this photo")
    page.keyboard.press("Enter")
    expect(page.locator(".badge")).to_have_count(1)
    expect(page.locator("#news")).to_have_text("1 photo done.")
    page.evaluate("document.querySelector('#photos-title').focus()")
    tab_to(page, "Download")
    with page.expect_download() as waited:
        page.keyboard.press("Enter")
    assert waited.value.suggested_filename == "cat.jpg"
    expect(page.locator(".compare")).to_have_count(1)
    tab_to(page, "How much of the original")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".compare input").input_value() == "49"
    tab_to(page, "Remove")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "photos-title"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(opened: Callable[..., Any], cat: Path, tmp_path: Path, scheme: str):
    page = opened(width=390, height=844, color_scheme=scheme, has_touch=True)
    long = tmp_path / f"{'a-name-that-does-not-end' * 6}.jpg"
    long.write_bytes(cat.read_bytes())
    no_photo = tmp_path / "notes.txt"
    no_photo.write_text("no photo")

    def is_wide() -> list[str]:
        return page.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 0.5)
              .filter((one) => !one.closest(".unheard, .about, thead, .compare"))
              .map((one) => one.outerHTML.slice(0, 120))"""
        )

    assert is_wide() == []
    page.locator("#files").set_input_files([cat, long, no_photo])
    expect(page.locator(".photo .headline")).to_have_count(2)
    assert is_wide() == []
    for name in ("crop", "universal"):
        page.locator(f"input[value={name}]").check()
        page.get_by_text("Advanced").click()
        page.locator("#protect").click()
        assert is_wide() == []
        expect(page.locator("#protect")).to_have_text("All done")
        for summary in page.locator(".photo summary").all():
            summary.click()
        assert is_wide() == []
        assert page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]") == [390, 390]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(19, 20, 23)" if scheme == "dark" else "rgb(246, 245, 242)"
    )


def test_a_crop_is_shown_beside_the_original(page, cat: Path):
    page.locator("#files").set_input_files(cat)
    page.locator("input[value=crop]").check()
    page.get_by_role("button", name="Protect 1 photo").click()
    expect(page.locator(".beside img")).to_have_count(2)
    assert "451 × 300" in page.locator(".beside").inner_text()
    page.get_by_role("button", name="Full size").click()
    expect(page.locator("#viewer-body .beside img")).to_have_count(2)
    page.get_by_role("button", name="Pixel for pixel").click()
    assert page.locator("#viewer-body img").first.bounding_box()["width"] == 451
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()


def test_what_a_browser_cannot_show_is_shown_all_the_same(page, draw):
    photo = draw("scan.tif", size=(320, 240))
    page.locator("#files").set_input_files(photo)
    page.locator("input[value=universal]").check()
    page.get_by_role("button", name="Protect 1 photo").click()
    expect(page.locator(".compare img")).to_have_count(2)
    widths = page.evaluate("[...document.querySelectorAll('.thumb img, .compare img')].map((one) => one.naturalWidth)")
    assert widths == [320, 320, 320]


def test_a_server_with_a_token_gets_it_from_the_address_or_asks(another, opened: Callable[..., Any], cat: Path):
    address, _ = another("--token", TOKEN)
    assert address.endswith(f"#token={TOKEN}")
    page = opened(at=address)
    assert "token" not in page.url
    page.locator("#files").set_input_files(cat)
    expect(page.locator(".photo .headline b")).to_have_count(1)

    page = opened(at=address.partition("#")[0])
    page.locator("#token-text").fill("wrong-token-of-some-length")
    page.get_by_role("button", name="Use it").click()
    page.locator("#token-wrong").wait_for()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_timeout(300)
    assert page.locator("#token").is_hidden()
    page.get_by_role("button", name="Try again").click()
    page.locator("#token-text").fill(TOKEN)
    page.get_by_role("button", name="Use it").click()
    page.locator("#files").set_input_files(cat)
    expect(page.locator(".photo .headline b")).to_have_count(1)


def test_a_server_that_is_busy_is_asked_again(another, opened: Callable[..., Any], draw):
    address, _ = another("--waiting", "2", pause=0.02)
    page = opened(at=address)
    page.locator("#files").set_input_files([draw(f"{seed}.jpg", seed=seed) for seed in range(4)])
    page.locator("#protect").click()
    page.wait_for_selector("text=/The server is busy; trying again in \\d+ s/")
    expect(page.locator(".badge")).to_have_count(4)


def test_a_server_that_is_gone_is_told_and_unsaved_copies_are_asked_about(another, opened: Callable[..., Any], draw):
    address, process = another()
    page = opened(at=address)
    page.locator("#files").set_input_files([draw("1.jpg", seed=1), draw("2.jpg", seed=2)])
    page.locator("#protect").click()
    expect(page.locator(".badge")).to_have_count(2)
    process.terminate()
    process.wait()
    page.locator("#levels").fill("3")
    page.get_by_role("button", name="Protect again: 1.jpg").click()
    expect(page.locator(".remarks .notice")).to_contain_text("The server does not answer.")
    assert page.get_by_role("button", name="Try again: 1.jpg").is_visible()

    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    with page.expect_download():
        page.locator("#download").click()
    page.close(run_before_unload=True)
    page.wait_for_event("close") if not page.is_closed() else None
    assert asked == ["beforeunload"]
