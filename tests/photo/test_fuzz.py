"""Thousands of damaged files: each is a photo or a `PhotoError`, and nothing else ever comes out."""

import random
import time
import warnings
from types import SimpleNamespace

import pytest

from unseen.errors import PhotoError
from unseen.photo import encode, encodings, metadata_removed, read_photo_bytes

FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "heic")
MUTATIONS = 4000
SECONDS = 60
EXTREMES = (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\x80\0\0\0")


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to sixteen wounds, half of them near the start, where the structure is."""
    wounded = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if not wounded:
            break
        place = rng.randrange(len(wounded) if rng.random() < 0.5 else min(300, len(wounded)))
        length = rng.randrange(1, 40)
        wound = rng.randrange(6)
        if wound == 0:
            wounded[place] = rng.randrange(256)
        elif wound == 1:
            wounded[place] ^= 1 << rng.randrange(8)
        elif wound == 2:
            del wounded[place : place + length]
        elif wound == 3:
            start = rng.randrange(len(wounded))
            wounded[place:place] = wounded[start : start + length]
        elif wound == 4:
            wounded[place : place + 4] = rng.choice(EXTREMES)
        elif rng.random() < 0.3:
            del wounded[place:]
    return bytes(wounded)


def complaint(data: bytes, form: str, *, is_written: bool) -> str:
    """The error's message, or nothing where all that is done with a photo succeeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            photo = read_photo_bytes(data, "damaged")
            _ = photo.srgb, metadata_removed(photo, {"date", "copyright"})
            if is_written:
                encode(photo, photo.pixels, format=form, encoding=encodings(photo, form, None)[0], keep={"all"})
        except PhotoError as error:
            return str(error)
    return ""


@pytest.mark.proof
@pytest.mark.parametrize("form", FORMATS)
def test_no_damage_brings_anything_but_a_photo_error(
    kit: SimpleNamespace, secretive: dict[str, bytes], form: str
) -> None:
    plain = kit.saved(kit.picture(mode="L" if form == "jpeg" else "RGBA"), form)
    rng = random.Random(form)
    end = time.monotonic() + SECONDS
    photos, errors = 0, 0
    for number in range(MUTATIONS):
        if time.monotonic() > end:
            break
        data = mutated(rng.choice((plain, secretive[form])), rng)
        problem = complaint(data, form, is_written=number % 10 == 0)
        assert "\n" not in problem
        errors += bool(problem)
        photos += not problem
    assert min(photos, errors) > 50, "the wounds are too light or too deep to prove anything"
