"""The ways in which photos come to be read that every audit tries, by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from unseen.errors import UnseenError
from unseen.naming import nearest
from unseen.photo.photo import Pixels
from unseen.threats.denoising import Denoised
from unseen.threats.handlings import (
    AS_POSTED,
    Blurred,
    Cropped,
    FewerBits,
    Handling,
    MedianFiltered,
    Platform,
    mean_of,
)

Kind = Literal["shared", "cleaned"]
"""Whether photos come so by being shared, or because a reader tries to undo protection."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One way in which a photo comes to be read.

    Attributes:
        name: in rows, reports and on the command line.
        meaning: in plain words, after "the protected copy ...".
        kind: what it stands for.
        handling: what becomes of the pixels.
        mirrored: whether the network reads the picture and its mirror image, and the mean of its answers counts.
        averaged: whether the reader has several copies of the same photo and takes their mean.
    """

    name: str
    meaning: str
    kind: Kind
    handling: Handling = AS_POSTED
    mirrored: bool = False
    averaged: bool = False

    def serve(self, copies: Sequence[Pixels]) -> Pixels:
        """The picture that a network gets of a photo's copies, of which it takes the first or the mean of all."""
        return self.handling(mean_of(tuple(copies)) if self.averaged else copies[0])


_PHOTO = 2560
"""Pixels of the longer side for which a photo is taken that is smaller than a platform's limit: 5 megapixels.

Taken for a phone's 4032, the 299 pixels of our test photos would become 152, 80 and 53, and networks would not know the
originals any more (83, 40 and 27 % by lite2): that tells nothing about a protection. From 2560 it is 239, 126 and 84.
"""


def _saved_again(quality: int, format: Literal["jpeg", "webp"] = "jpeg") -> Preset:
    told = {"jpeg": "JPEG", "webp": "WebP"}[format]
    return Preset(
        name=f"{format}-{quality}",
        meaning=f"saved again as {told} {quality}",
        kind="shared",
        handling=Platform(quality=quality, format=format),
    )


def _resized(long_edge: int) -> Preset:
    return Preset(
        name=f"edge-{long_edge}",
        meaning=f"resized to {long_edge} pixels, JPEG 80",
        kind="shared",
        handling=Platform(long_edge=long_edge, quality=80, out_of=_PHOTO),
    )


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(name="file", meaning="the file itself", kind="shared"),
        _saved_again(90),
        _saved_again(75),
        _saved_again(50),
        _saved_again(80, "webp"),
        _resized(2048),
        _resized(1080),
        _resized(720),
        Preset(name="crop-90", meaning="cropped to 90 % of each side", kind="shared", handling=Cropped(share=0.9)),
        Preset(name="flip", meaning="read together with its mirror image", kind="cleaned", mirrored=True),
        Preset(name="blur", meaning="blurred a little", kind="cleaned", handling=Blurred(sigma=1.0)),
        Preset(name="median", meaning="median of 3 x 3 pixels", kind="cleaned", handling=MedianFiltered(size=3)),
        Preset(name="bits", meaning="reduced to 4 bits a colour", kind="cleaned", handling=FewerBits(bits=4)),
        Preset(
            name="denoise",
            meaning="denoised (non-local means)",
            kind="cleaned",
            handling=Denoised(strength=10, patch=5, reach=5),
        ),
        Preset(name="copies", meaning="mean of several protected copies", kind="cleaned", averaged=True),
    )
}
"""By name; the file itself comes first. Each works on the file alone: what platforms do one after the other is not
tried, and nothing is trained."""

IN_BRIEF = ("file", "jpeg-75", "edge-1080", "blur")
"""The file itself and three presets that stand for the rest where every photo's account has room for few."""


def presets_named(names: Iterable[str]) -> tuple[Preset, ...]:
    """Some of `PRESETS`, each once, in the given order; all for no name.

    Raises:
        UnseenError: no such preset.
    """
    chosen = tuple(dict.fromkeys(names)) or tuple(PRESETS)
    for name in chosen:
        if name not in PRESETS:
            raise UnseenError(f"unknown preset {name!r}; {nearest(name, PRESETS)}")
    return tuple(PRESETS[name] for name in chosen)
