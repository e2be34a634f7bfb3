"""Make docs/studio-*.png: the studio at work, in Debian's Chromium; run as `python docs/make_screenshots.py`.

A real server, and photos that ship with scikit-image: three are protected as the page comes.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import skimage.data
from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
LARGEST = 300_000
"""Bytes of a screenshot at most."""


def main() -> None:
    """Protect the photos once at each width, and take what a person would look at."""
    with tempfile.TemporaryDirectory() as folder, served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        photos = drawn(Path(folder))
        desk = browser.new_page(viewport={"width": 1280, "height": 860})
        desk.goto(address)
        protect(desk, photos)
        taken(desk, "studio-light", "#summary", height=1180)
        desk.emulate_media(color_scheme="dark")
        taken(desk, "studio-dark", ".photo", height=1130)
        phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=1.5)
        phone.goto(address)
        protect(phone, photos[:1])
        taken(phone, "studio-phone", ".pictures", above=150)
        browser.close()


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that runs meanwhile."""
    command = [sys.executable, "-m", "unseen", "serve", "--port", "0", "--no-browser"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - ours
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        yield process.stdout.readline().strip()
        process.terminate()


def drawn(folder: Path) -> list[Path]:
    """The photos as files."""
    pictures = {"coffee": skimage.data.coffee(), "cat": skimage.data.chelsea(), "rocket": skimage.data.rocket()}
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / f"{name}.jpg", quality=92)
    return [folder / f"{name}.jpg" for name in pictures]


def protect(page: Any, photos: list[Path]) -> None:
    """Choose the photos, protect them all and wait for the summary."""
    page.locator("#files").set_input_files(photos)
    page.locator("#protect").click()
    page.locator("#summary").wait_for(timeout=300_000)
    page.wait_for_timeout(1000)


def taken(page: Any, name: str, selector: str, *, above: int = 24, height: int | None = None) -> None:
    """Save what is in the window with an element near its top, in as many colours as the size allows."""
    width, usual = page.viewport_size["width"], page.viewport_size["height"]
    page.set_viewport_size({"width": width, "height": height or usual})
    place = f"document.querySelector('{selector}').getBoundingClientRect().top + scrollY - {above}"
    page.evaluate(f"scrollTo(0, {place})")
    page.wait_for_timeout(800)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.set_viewport_size({"width": width, "height": usual})
    target = FOLDER / f"{name}.png"
    shot.save(target, optimize=True)
    for colours in (192, 128, 64):
        if target.stat().st_size > LARGEST:
            few = shot.quantize(palette=palette(shot, colours), dither=Image.Dither.FLOYDSTEINBERG)
            few.save(target, optimize=True)


def palette(shot: Image.Image, colours: int) -> Image.Image:
    """The colours that the page has most of, exactly, so that flat parts stay flat, and so many for the photos."""
    counted = sorted(shot.getcolors(shot.width * shot.height) or (), reverse=True)
    exact = [value for _, colour in counted[:64] if isinstance(colour, tuple) for value in colour]
    held = Image.new("P", (1, 1))
    held.putpalette(exact + (shot.quantize(colours).getpalette() or [])[: 3 * colours])
    return held


if __name__ == "__main__":
    main()
