"""What the page does where things are slow, kept, unreadable or not gained, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image

from .test_page import card, drop

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
expect.set_options(timeout=120_000)  # machines are busy

pytestmark = pytest.mark.proof

Opened = Callable[..., Any]
Draw = Callable[..., Path]

GPS, TAKEN = 0x8825, 0x0132


@pytest.fixture
def located(tmp_path: Path) -> Path:
    """A photo that tells where and when it was taken."""
    exif = Image.Exif()
    exif[TAKEN] = "2026:11:21 12:00:00"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 0.0)})
    Image.fromarray(skimage.data.chelsea()).save(path := tmp_path / "located.jpg", exif=exif)
    return path


def holding(page: Any, pattern: str) -> list[Any]:
    """What the page asks of an address, held back until the test lets it go."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(pattern, hold)
    return held


def test_a_photo_that_is_added_while_others_are_in_work_is_looked_at_soon(another, opened: Opened, draw: Draw):
    address, _ = another(pause=0.3)
    page = opened(at=address)
    page.locator("#files").set_input_files([draw(f"{seed}.jpg", seed=seed) for seed in range(8)])
    expect(page.locator(".photo .headline")).to_have_count(8)
    page.locator("#protect").click()
    page.wait_for_selector("text=/Step \\d+ of 20/")
    page.locator("#files").set_input_files(draw("late.jpg", seed=9))
    expect(card(page, "late.jpg").locator(".headline")).to_have_count(1)
    assert page.locator(".badge").count() == 0, "it had to wait until others were done"
    assert page.locator(".working progress").count() == 8


def test_a_copy_that_another_network_still_reads_is_told_as_such(another, tiny: str, opened: Opened, draw: Draw):
    address, _ = another("--audit-model", f"{tiny}?seed=1")
    page = opened(at=address)
    page.locator("#files").set_input_files([draw(f"{seed}.jpg", seed=seed) for seed in range(4)])
    page.locator("#levels").fill("4")
    page.locator("#protect").click()
    expect(page.locator(".badge")).to_have_count(4)
    partly = page.locator(".badge.in_part")
    assert partly.count() > 0
    assert set(partly.all_text_contents()) == {"Still read by others"}
    assert f"{partly.count()} still read by others" in page.locator("#overall-words").inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    link = page.locator("#to-summary").bounding_box()
    assert link["x"] + link["width"] <= 390
    assert "against, still read by others." in page.locator("#summary .gain").inner_text()
    told = page.locator(".photo", has=partly).first.locator(".body > p").first.text_content()
    assert told.endswith("seed=1, which had no part in it, still does.")


def test_what_is_kept_in_the_file_is_said_before_and_after(another, opened: Opened, located: Path):
    address, _ = another()
    page = opened(at=address)
    page.locator("#files").set_input_files(located)
    tells = page.locator(".tells")
    expect(tells).to_have_text("The file also tells: EXIF and GPS position. A copy will not.")
    page.get_by_text("Advanced").click()
    page.get_by_label("Keep in the file").select_option("date")
    expect(tells).to_have_text(
        "The file also tells: EXIF and GPS position. A copy will not, but for the date, which you chose to keep."
    )
    page.get_by_label("Keep in the file").select_option("all")
    expect(tells).to_contain_text("A copy will tell it, too, for you chose to keep all.")
    page.locator("#protect").click()
    expect(page.locator(".facts")).to_contain_text("nothing; kept, as you chose: EXIF and GPS position")
    expect(page.locator("#summary-words h3:text('Not gained') + ul")).to_contain_text(
        "Kept in 1 file, as you chose: EXIF and GPS position."
    )


def test_the_large_view_shows_the_photo_that_was_opened_last(another, opened: Opened, draw: Draw):
    address, _ = another()
    page = opened(at=address)
    held = holding(page, "**/v1/picture?name=slow.tif")
    page.locator("#files").set_input_files([draw("slow.tif", seed=1), draw("quick.jpg", seed=2)])
    page.locator("#protect").click()
    expect(page.locator(".badge")).to_have_count(2)
    card(page, "slow.tif").get_by_role("button", name="Full size").click()
    assert page.locator("#viewer-title").inner_text() == "slow.tif"
    page.keyboard.press("Escape")
    card(page, "quick.jpg").get_by_role("button", name="Full size").click()
    expect(page.locator("#viewer-body img")).to_have_count(2)

    for _ in range(100):  # the card asks for the pictures, and so did the large view
        while held:
            held.pop().continue_()
        if card(page, "slow.tif").locator(".compare").count():
            break
        page.wait_for_timeout(100)
    expect(card(page, "slow.tif").locator(".compare")).to_have_count(1)
    page.wait_for_timeout(500)
    assert page.locator("#viewer-title").inner_text() == "quick.jpg"
    alternatives = page.locator("#viewer-body img").evaluate_all("(images) => images.map((image) => image.alt)")
    assert alternatives
    assert all(told.startswith("quick.jpg") for told in alternatives)


def test_what_cannot_be_read_in_a_dropped_folder_is_told_and_the_rest_is_taken(page):
    page.evaluate(
        """() => {
          const file = (name) => ({ name, isFile: true, file: (give) => give(new File(["no photo"], name)) });
          const locked = { name: "locked.jpg", isFile: true, file: (give, refuse) => refuse(new Error("not allowed")) };
          const folder = (name, entries) => ({
            name,
            isDirectory: true,
            createReader: () => ({ readEntries: (give) => give(entries.splice(0, 1)) }),
          });
          const shut = {
            name: "shut",
            isDirectory: true,
            createReader: () => ({ readEntries: (give, refuse) => refuse(new Error("not allowed")) }),
          };
          const inner = folder("inner", [locked, file("b.txt")]);
          const all = folder("all", [file("a.txt"), locked, shut, inner, file("c.txt")]);
          const dropped = new Event("drop", { bubbles: true, cancelable: true });
          const items = [{ webkitGetAsEntry: () => all }];
          dropped.dataTransfer = { types: ["Files"], items, files: [] };
          document.body.dispatchEvent(dropped);
        }"""
    )
    expect(page.locator("#intake-notice")).to_have_text("3 files or folders could not be opened and were left out.")
    assert page.locator(".photo h3").all_inner_texts() == ["a.txt", "b.txt", "c.txt"]


def test_the_end_of_looking_is_told_to_those_who_do_not_see_it(page, cat: Path):
    page.evaluate(
        """() => {
          window.news = [];
          const place = document.querySelector("#news");
          new MutationObserver(() => window.news.push(place.textContent)).observe(place, { childList: true });
        }"""
    )
    drop(page, [("cat.jpg", "image/jpeg", cat.read_bytes()), ("notes.txt", "text/plain", b"no photo")])
    expect(page.locator("#news")).to_have_text("The networks have looked at 1 photo. 1 file could not be read.")
    assert page.evaluate("window.news") == [
        "2 photos added.",
        "The networks have looked at 1 photo. 1 file could not be read.",
    ]


def test_nothing_is_lost_without_a_question(another, opened: Opened, draw: Draw):
    address, _ = another(pause=0.2)
    page = opened(at=address)
    asked: list[tuple[str, str]] = []
    page.on("dialog", lambda dialog: (asked.append((dialog.type, dialog.message)), dialog.dismiss()))
    page.locator("#files").set_input_files([draw("1.jpg", seed=1)])
    page.locator("#protect").click()
    page.wait_for_selector("text=/Step \\d+ of 20/")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert [kind for kind, _ in asked] == ["beforeunload"]

    expect(page.locator(".badge")).to_have_count(1)
    page.get_by_role("button", name="Remove: 1.jpg").click()
    assert asked[1:] == [("confirm", "The copy of 1.jpg is not downloaded yet. Remove the photo?")]
    assert page.locator(".photo").count() == 1
    with page.expect_download():
        page.locator("#download").click()
    page.get_by_role("button", name="Remove: 1.jpg").click()
    assert len(asked) == 2
    assert page.locator(".photo").count() == 0


def test_until_the_server_has_told_its_ways_no_way_is_said_to_lack_anything(another, opened: Opened, draw: Draw):
    address, _ = another()
    page = opened(at=address)
    held = holding(page, "**/v1/schemes")
    page.reload()
    page.locator("#files").set_input_files([draw("1.jpg", seed=1)])
    expect(page.locator(".photo .headline b")).to_have_count(1)
    page.get_by_text("Hide only certain things").click()
    assert "Tick what is to be hidden." in page.locator(".hide legend").inner_text()
    assert page.locator(".hide").is_enabled()
    page.locator("input[value=universal]").check()
    assert "cannot hide" not in page.locator(".hide legend").inner_text()
    held.pop().continue_()
    expect(page.locator(".hide legend")).to_contain_text("cannot hide named things")
