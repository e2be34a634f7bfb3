"""What is drawn is looked for in the pixels: no figure is blank, and each says what it was given."""

import io
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
import torch
from PIL import Image

from unseen.lab import figures
from unseen.lab.figures.style import DPI, WIDTH, looks
from unseen.report import Answer, Reading

SERIES = {"paper": [0.2, 0.5, None], "ours": [0.1, 0.4, 0.3], "best": [0.05, math.nan, 0.2]}
RED, BLUE = (192, 22, 22), (18, 56, 168)
VERMILION, OURS = (213, 94, 0), (0, 114, 178)


def reading(*answers: tuple[str, float]) -> Reading:
    return Reading(
        icp=answers[0][1], ice=0.4, top5=tuple(Answer(label=name, probability=share) for name, share in answers)
    )


def panel() -> figures.PhotoPanel:
    original = np.full((60, 80, 3), 100, dtype=np.uint8)
    original[:, :40] = (20, 160, 60)
    released = original.copy()
    released[20:40, 20:60] += 4
    return figures.PhotoPanel(
        title="A field",
        original=original,
        released=released,
        reference="hay, straw",
        before=reading(("hay, straw", 0.9), ("a thresher with a name much too long for its place", 0.05)),
        after=reading(("cowboy boot", 0.99), ("velvet", 0.001)),
    )


NOISES = torch.zeros(7, 8, 8)
NOISES[0, :4], NOISES[0, 4:] = 0.35, -0.35

DRAWN: dict[str, Callable[[], bytes]] = {
    "bars": lambda: figures.bars(("0", "1", "2"), SERIES, ylabel="accuracy", percent=True, levels={"guessing": 0.1}),
    "lines": lambda: figures.lines(range(3), SERIES, xlabel="classes", ylabel="entropy", levels={"ln 3": math.log(3)}),
    "scatter": lambda: figures.scatter(
        torch.rand(40, generator=torch.Generator().manual_seed(0)), torch.arange(40), xlabel="x", ylabel="y", trend=True
    ),
    "scatter with names": lambda: figures.scatter((1, 2), (3, None), xlabel="x", ylabel="y", labels=("one", "two")),
    "boxes": lambda: figures.boxes(
        {"1": [0.2, 0.4, 0.9], "2": [0.5]}, xlabel="targets", ylabel="accuracy", percent=True
    ),
    "histogram": lambda: figures.histogram(
        {"before": [0.1, 0.2, None], "after": [0.9]}, xlabel="probability", ylabel="photos", percent=True
    ),
    "heat map": lambda: figures.heat_map(
        [[0.1, 0.9], [math.nan, 0.5]], rows="ab", columns="cd", xlabel="to", ylabel="from", form=".0%", legend="share"
    ),
    "noises": lambda: figures.noise_panels(NOISES, [str(target) for target in range(7)]),
    "pictures": lambda: figures.picture_grid(torch.rand(3, 1, 28, 28), ("a", "b", "c"), columns=2),
    "photos": lambda: figures.photo_panels([panel(), replace(panel(), title="Again")]),
}


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"))


def share_of(picture: np.ndarray, colour: tuple[int, int, int], tolerance: int = 4) -> float:
    return float((np.abs(picture.astype(int) - colour).max(-1) <= tolerance).mean())


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_is_as_wide_as_a_page_and_not_blank(name: str) -> None:
    picture = pixels(DRAWN[name]())
    assert picture.shape[1] == WIDTH * DPI
    assert (picture[:2] == 255).all()
    assert (picture[:, :2] == 255).all()
    assert 0.01 < (picture.min(-1) < 250).mean() < 0.95


@pytest.mark.parametrize("name", set(DRAWN) - {"pictures"})
def test_the_same_figure_is_the_same_bytes_and_tells_no_time(name: str) -> None:
    first = DRAWN[name]()
    assert DRAWN[name]() == first
    assert Image.open(io.BytesIO(first)).info.keys() <= {"dpi"}


def test_nothing_of_the_library_is_left_changed() -> None:
    mine = {"font.size": 31.0, "axes.grid": False, "figure.facecolor": "black", "savefig.facecolor": "black"}
    expected = DRAWN["bars"]()
    with mpl.rc_context(mine):
        before = dict(mpl.rcParams)
        assert DRAWN["bars"]() == expected
        assert dict(mpl.rcParams) == before


def test_figures_are_drawn_without_windows_and_only_when_asked() -> None:
    program = (
        "import sys; from unseen.lab import figures; assert 'matplotlib' not in sys.modules;"
        "figures.bars(['a'], {'ours': [1]}, ylabel='y'); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_series_are_told_apart_in_greys() -> None:
    def grey(name: str) -> float:
        picture = pixels(figures.bars(("",), {name: [1.0]}, ylabel=""))
        middle = picture[picture.shape[0] // 3 : picture.shape[0] // 2, 480:720]
        return float(np.asarray(Image.fromarray(middle).convert("L")).mean())

    paper, ours, best = (grey(name) for name in ("paper", "ours", "best"))
    assert paper - best > 40
    assert best - ours > 40


def test_a_name_has_one_look_everywhere() -> None:
    together = looks(["paper", "ours (limit 0.35)", "best", "joint", "sum"])
    assert looks(["Best", "Paper, read off"]) == [together[2], together[0]]
    assert len({look.edge for look in together}) == 5
    assert len({look.marker for look in looks(["a", "b", "c", "d", "e", "f"])}) == 6


def test_bars_are_as_high_as_their_values() -> None:
    picture = pixels(figures.bars(("a", "b"), {"ours": [1.0, 0.5]}, ylabel=""))
    is_bar = np.abs(picture.astype(int) - OURS).max(-1) <= 4
    first, second = (is_bar[:, half].sum(0).max() for half in (slice(0, 600), slice(600, None)))
    assert second / first == pytest.approx(0.5, abs=0.01)


def test_a_level_is_drawn_where_it_belongs() -> None:
    without = pixels(figures.bars(("a",), {"ours": [1.0]}, ylabel=""))
    drawn = pixels(figures.bars(("a",), {"ours": [1.0]}, ylabel="", levels={"half": 0.5}))
    assert share_of(drawn, (29, 31, 35)) > share_of(without, (29, 31, 35))


def test_positive_noise_is_red_negative_blue_and_none_white() -> None:
    picture = pixels(figures.noise_panels(NOISES[:1], [""], columns=1))
    body = picture[:, : picture.shape[1] * 3 // 4]
    top, bottom = np.array_split(body, 2)
    assert share_of(top, RED) > 0.5 > share_of(top, BLUE) + 0.49
    assert share_of(bottom, BLUE) > 0.5 > share_of(bottom, RED) + 0.49
    nothing = pixels(figures.noise_panels(torch.zeros(1, 8, 8), [""], columns=1))
    assert share_of(nothing[:, : nothing.shape[1] * 3 // 4], (255, 255, 255)) > 0.99


def test_noises_share_one_scale() -> None:
    weak = torch.stack([torch.full((8, 8), 0.35), torch.full((8, 8), 0.07)])
    picture = pixels(figures.noise_panels(weak, ["", ""], columns=2))
    pale = tuple(round(255 + (full - 255) * 0.2) for full in RED)
    assert share_of(picture, RED) > 0.2
    assert share_of(picture, pale) > 0.2


@pytest.mark.parametrize(
    "green",
    [
        torch.tensor([0.0, 1.0, 0.0]).view(3, 1, 1).expand(3, 9, 9),
        np.full((9, 9, 3), (0, 255, 0), dtype=np.uint8),
    ],
)
def test_pictures_are_shown_as_they_are(green: torch.Tensor | np.ndarray) -> None:
    picture = pixels(figures.picture_grid([green], [""], columns=2))
    assert share_of(picture, (0, 255, 0), tolerance=0) > 0.3
    grey = pixels(figures.picture_grid(torch.full((1, 1, 4, 4), 51 / 255), [""], columns=1))
    assert share_of(grey, (51, 51, 51), tolerance=0) > 0.7


def test_a_photo_panel_shows_both_photos_the_change_and_the_answers() -> None:
    given = panel()
    picture = pixels(figures.photo_panels([given]))
    thirds = np.array_split(picture, 3, axis=1)
    for third in (thirds[0], thirds[2]):
        assert share_of(third, (20, 160, 60)) > 0.15
        assert share_of(third, (100, 100, 100)) > 0.15
    assert share_of(thirds[1], (128, 128, 128)) > 0.3  # where nothing was changed
    assert share_of(thirds[1], (255, 255, 255), tolerance=0) > share_of(thirds[0], (255, 255, 255), tolerance=0)
    assert share_of(thirds[0], VERMILION) > 2 * share_of(thirds[2], VERMILION)  # the true class is read no more
    known = replace(given, after=given.before)
    again = np.array_split(pixels(figures.photo_panels([known])), 3, axis=1)
    assert share_of(again[2], VERMILION) == pytest.approx(share_of(thirds[0], VERMILION), rel=0.1)


def test_photos_of_another_size_stand_beside_each_other_without_noise() -> None:
    given = panel()
    picture = pixels(figures.photo_panels([replace(given, released=given.released[:30, :70])]))
    thirds = np.array_split(picture, 3, axis=1)
    for third in (thirds[0], thirds[2]):
        assert share_of(third, (20, 160, 60)) > 0.1
    assert share_of(thirds[1], (128, 128, 128)) < 0.01  # else most of that third is the grey of no change


def test_darker_is_more_in_a_heat_map_and_nothing_is_blank() -> None:
    numbers = [[0.0, 1.0], [0.5, math.nan]]
    picture = pixels(figures.heat_map(numbers, rows="ab", columns="cd", xlabel="", ylabel="", form=""))
    height, width = picture.shape[0], int(picture.shape[1] * 0.85)
    grey = np.asarray(Image.fromarray(picture).convert("L")).astype(float)
    places = [(0.2, 0.2), (0.2, 0.8), (0.75, 0.2), (0.75, 0.8)]
    low, high, middle, missing = (np.median(grey[int(y * height) :, int(x * width) :][:20, :20]) for y, x in places)
    assert high < middle < low < missing == 255


def test_the_trend_is_that_of_least_squares(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.axes import Axes

    told: list[str] = []
    original = Axes.plot
    monkeypatch.setattr(
        Axes, "plot", lambda axes, *data, **how: told.append(how["label"]) or original(axes, *data, **how)
    )
    figures.scatter([0, 1, 2, None], [1, 3, 5, 7], xlabel="", ylabel="", trend=True)
    figures.scatter([0, 1, 2], [0, 1, 0], xlabel="", ylabel="", trend=True)
    figures.scatter([1, 1, 1], [0, 1, 0], xlabel="", ylabel="", trend=True)
    assert told == ["least squares, r = 1.00", "least squares, r = 0.00"]
