"""What becomes of the photos: the paper's approaches, what people know, ours, and combinations of them.

Each is a scheme as `unseen protect --scheme` takes it, so that the report's rows are what a user gets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from unseen.catalogue import way_named
from unseen.errors import UnseenError
from unseen.lab import paper_b
from unseen.lab.paper_b import Score
from unseen.lab.pixel_privacy.settings import (
    FAINT_LEVELS,
    PAPER_LEVELS,
    STRONG_LEVELS,
    PixelPrivacySettings,
)
from unseen.naming import parse_name
from unseen.pictures import PictureScheme
from unseen.styles.named import PREFIX, STYLES
from unseen.types import Scheme

Kind = Literal["original", "paper", "known", "ours", "combined"]
KINDS: Mapping[Kind, str] = {
    "original": "nothing",
    "paper": "the paper's",
    "known": "what people know",
    "ours": "ours",
    "combined": "ours, combined",
}
"""Whose an approach is, in words."""

UAP, LEARNT, RANDOM = "uap", "universal", "random"
"""The noises that are made before: by the paper's method, by ours, and by chance."""

_TOP_K = 20
"""Classes that are never a target: a scene has more names that are nearly right than an object has."""


@dataclass(frozen=True, kw_only=True)
class Approach:
    """One row of the table.

    Attributes:
        name: of its row, unlike any other's.
        kind: whose it is.
        told: what is done, for people who have never heard of it.
        scheme: as for `--scheme`; nothing for the original.
        paper: what the paper printed for it, where that is certain.
        noise: which of the noises it lays on, if any.
    """

    name: str
    kind: Kind
    told: str
    scheme: str = ""
    paper: Score | None = None
    noise: str | None = None

    @property
    def key(self) -> str:
        """The name as a file's."""
        return "-".join("".join(letter if letter.isalnum() else " " for letter in self.name).split())

    def way(self, device: str) -> tuple[tuple[PictureScheme, ...], Scheme]:
        """The pictures and the scheme that it stands for."""
        return way_named(self.scheme, {}, device=device)


ORIGINAL = Approach(name="original", kind="original", told="the photo as it is", paper=paper_b.ORIGINAL)


def approaches(noises: Mapping[str, Path], settings: PixelPrivacySettings, classes: int) -> tuple[Approach, ...]:
    """All approaches but the original, in the order of the table.

    Args:
        noises: files of `UAP`, `LEARNT` and `RANDOM`.
        classes: that the network knows.
    """
    strong, hides = strong_noise(settings, classes), "until the network is sure of another class"
    learnt = f"universal?weights={_quoted(noises[LEARNT])}"
    styles = styles_named(settings.styles)
    enhance, uniform = (_with_steps(name, settings) for name in ("enhance", f"uniform?epsilon={FAINT_LEVELS}"))
    own = f"noise of up to {STRONG_LEVELS} levels, made for the photo {hides}"
    return (
        *_of_the_paper(noises, styles),
        *_known(noises),
        Approach(
            name="universal noise",
            kind="ours",
            told=f"one noise for all photos, {PAPER_LEVELS} levels, trained by mini-batch ascent on changing views",
            scheme=learnt,
            noise=LEARNT,
        ),
        *(
            Approach(name=_told(name), kind="ours", told=f"repainted: {STYLES[name].about}", scheme=style)
            for name, style in styles.items()
            if name not in paper_b.STYLES
        ),
        Approach(name="enhance", kind="ours", told="colours graded until the network misreads them", scheme=enhance),
        Approach(
            name="enhance + uniform",
            kind="ours",
            told=f"the same, then noise of up to {FAINT_LEVELS} levels toward an answer without any opinion",
            scheme=f"{enhance}+{uniform}",
        ),
        Approach(
            name="deepfool",
            kind="ours",
            told="the smallest noise that changes the answer, made for the photo",
            scheme=_with_steps("deepfool", settings),
        ),
        Approach(name="own noise", kind="ours", told=own, scheme=strong),
        Approach(
            name="crop + own noise", kind="combined", told="the centre, with such noise on it", scheme=f"crop+{strong}"
        ),
        Approach(
            name="vivid + own noise",
            kind="combined",
            told="an app's vivid filter, with such noise on it",
            scheme=f"filter?look=vivid+{strong}",
        ),
        *(
            Approach(
                name=f"{_told(name)} + {following}",
                kind="combined",
                told=f"repainted, {what}",
                scheme=f"{style}+{scheme}",
                noise=noise,
            )
            for name, style in styles.items()
            for following, what, scheme, noise in (
                ("universal noise", "then our universal noise", learnt, LEARNT),
                ("own noise", "then noise made for that picture", strong, None),
            )
        ),
    )


def styles_named(given: Sequence[str]) -> dict[str, str]:
    """The part of a scheme that each style is, by the style's own name.

    Raises:
        UnseenError: two styles of one name.
    """
    styles: dict[str, str] = {}
    for text in given:
        whole = text if text.startswith(PREFIX) else f"{PREFIX}{text}"
        name = parse_name(whole)[0].removeprefix(PREFIX)
        if name in styles:
            raise UnseenError(f"style {name!r} is given twice; run the lab again for the second, with another -o")
        styles[name] = whole.replace("+", "%2B")
    return styles


def strong_noise(settings: PixelPrivacySettings, classes: int) -> str:
    """Noise for one photo that goes on until its answer is safe: what follows takes away some of that."""
    return _with_steps(
        f"replace?epsilon={STRONG_LEVELS}&step=2&shaping=momentum&required_score=0.99999&attempts=1"
        f"&top_k={max(1, min(_TOP_K, classes // 4))}",
        settings,
        30,
    )


def _of_the_paper(noises: Mapping[str, Path], styles: Mapping[str, str]) -> tuple[Approach, ...]:
    half = "half of the photo's area is kept"
    return (
        Approach(name="centre crop", kind="paper", told=f"{half}, the middle", scheme="crop"),
        Approach(name="random crop", kind="paper", told=f"{half}, anywhere", scheme="crop?place=random"),
        *(
            Approach(name=_told(name), kind="paper", told=f"repainted: {STYLES[name].about}", scheme=styles[name])
            for name in paper_b.STYLES
            if name in styles
        ),
        Approach(
            name="UAP",
            kind="paper",
            told=f"one noise for all photos, {PAPER_LEVELS} levels, made photo by photo with DeepFool",
            scheme=f"universal?weights={_quoted(noises[UAP])}",
            paper=paper_b.UAP,
            noise=UAP,
        ),
    )


def _known(noises: Mapping[str, Path]) -> tuple[Approach, ...]:
    return (
        Approach(name="blur", kind="known", told="out of focus", scheme="blur"),
        Approach(name="pixelate", kind="known", told="in large squares", scheme="pixelate"),
        Approach(name="vivid filter", kind="known", told="an app's filter", scheme="filter?look=vivid"),
        Approach(name="faded filter", kind="known", told="an app's filter", scheme="filter?look=faded"),
        Approach(
            name="random noise",
            kind="known",
            told=f"{PAPER_LEVELS} levels up or down at random: the largest noise within the universal ones' limit",
            scheme=f"universal?weights={_quoted(noises[RANDOM])}",
            noise=RANDOM,
        ),
    )


def _with_steps(scheme: str, settings: PixelPrivacySettings, steps: int | None = None) -> str:
    """The scheme with its steps (None is its own number), or with as few as the settings allow."""
    limits = [limit for limit in (steps, settings.max_iterations) if limit is not None]
    return f"{scheme}{'&' if '?' in scheme else '?'}max_iterations={min(limits)}" if limits else scheme


def _told(style: str) -> str:
    return f"style: {style}"


def _quoted(path: Path) -> str:
    """A path as an option's value, in which `+`, `&` and `%` have other meanings."""
    return quote(str(path), safe="/:\\ ")
