import resource
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unseen.metrics.appeal import colourfulness
from unseen.styles import Woodblock, style_named
from unseen.styles import woodblock as module

from .pictures import scene


def two_halves(height: int = 120, width: int = 160) -> np.ndarray:
    pixels = np.full((height, width, 3), (90, 130, 190), np.uint8)
    pixels[:, width // 2 :] = (220, 200, 160)
    return pixels


def light(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(float) @ np.array([0.299, 0.587, 0.114])


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 700, 3), (90, 61, 1), (301, 299, 3), (40, 1500, 3)])
def test_every_shape_stays(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    printed = Woodblock()(pixels)
    assert (printed.shape, printed.dtype) == (shape, np.uint8)


def test_nothing_is_random_and_the_photo_stays() -> None:
    photo = scene(120, 150)
    before = photo.copy()
    assert np.array_equal(Woodblock()(photo), Woodblock()(photo))
    assert np.array_equal(photo, before)


def test_an_edge_is_drawn_in_ink_and_nothing_else() -> None:
    photo = two_halves()
    photo[:20], photo[-20:] = 10, 250  # so that neither half is the darkest or the lightest there is
    row = np.median(light(Woodblock()(photo))[40:80], 0)
    assert row[74:84].min() < 0.6 * row[5:68].min()  # a line
    assert row[5:68].min() > 90  # none within a plane
    assert row[92:155].min() > 150
    assert np.ptp(row[5:68]) < 12  # flat but for the paper


def test_a_smooth_sky_has_no_steps_and_a_steep_ramp_has_few_tones() -> None:
    def changes(ramp: int) -> np.ndarray:
        """Of the light, along a photo that becomes lighter on so many pixels in its middle."""
        line = np.interp(np.arange(900), [450 - ramp / 2, 450 + ramp / 2], [40, 230]).round().astype(np.uint8)
        photo = np.repeat(line[None, :, None], 300, 0).repeat(3, 2)
        return np.abs(np.diff(np.median(light(Woodblock(tones=5)(photo)), 0)))[
            450 - ramp // 2 + 9 : 450 + ramp // 2 - 9
        ]

    assert changes(890).max() < 2.5
    steep = np.sort(changes(60))[::-1]
    assert steep[:10].sum() > 2 * steep[10:].sum()


def test_lines_grow_with_the_photo() -> None:
    small, large = two_halves(300, 400), two_halves(900, 1200)

    def line(pixels: np.ndarray) -> int:
        return int((np.median(light(Woodblock()(pixels)), 0) < 90).sum())

    assert 1 <= line(small) < line(large) <= 5 * line(small)


def test_strips_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = scene(500, 1500)
    whole = Woodblock()(photo)
    monkeypatch.setattr(module, "_ROWS", 77)
    assert np.abs(Woodblock()(photo).astype(int) - whole).max() <= 1


def test_colours_become_muted() -> None:
    soft = scene(150, 200, low=0, high=255).astype(float)
    grey = soft.mean(2, keepdims=True)
    photo = (grey + 2 * (soft - grey)).clip(0, 255).astype(np.uint8)

    def measured(pixels: np.ndarray) -> float:
        return float(colourfulness(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255))

    assert measured(Woodblock()(photo)) < 0.85 * measured(photo)


def test_strength_and_colour_are_the_users() -> None:
    photo = scene(100, 130)
    assert np.array_equal(Woodblock(strength=0.0)(photo), photo)
    half, full = (Woodblock(strength=share)(photo).astype(int) for share in (0.5, 1.0))
    assert np.abs(half - (photo + full) / 2).max() <= 1
    kept = Woodblock(keep_colour=True)(photo).astype(int)
    inside = ((kept > 0) & (kept < 255)).all(2)
    difference = (kept - photo)[inside]
    assert np.ptp(difference, axis=1).max() <= 1


def test_it_is_a_style_by_name() -> None:
    style = style_named("style:woodblock?tones=4&strength=0.5")
    assert isinstance(style, Woodblock)
    assert (style.tones, style.strength, style.spec.sha256) == (4, 0.5, None)
    assert style.spec.name == "style:woodblock?tones=4&strength=0.5"
    assert "no network" in style.spec.source


@pytest.mark.proof
def test_twelve_megapixels_need_little_memory(shared: Path) -> None:
    """An enlarged scene stands for a photo of 12 megapixels."""
    source = next(iter(sorted((shared / "data" / "scenes").glob("ocean*.jpg"))))
    photo = np.asarray(Image.open(source).convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert Woodblock()(photo).shape == photo.shape
    kilobytes = 1024 if sys.platform == "darwin" else 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / kilobytes
    assert grown < 500_000
