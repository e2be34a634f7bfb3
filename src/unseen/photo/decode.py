"""From a file to a `Photo`: any file ends in one, or in a `PhotoError` that says what to do."""

import stat
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from unseen.errors import PhotoError, TooLargeError, UnsupportedError
from unseen.photo import colour, iso, jpeg, png, tiff, webp
from unseen.photo.decoders import open_avif, open_heic, open_jpeg, open_png, open_tiff, open_webp, quietly
from unseen.photo.exif import parse
from unseen.photo.photo import PHOTO_SUFFIXES, SUFFIXES, Alpha, Contents, Encoding, Finding, Photo, Pixels, unique
from unseen.photo.sniff import photo_format

MAX_PIXELS = 178_956_970
"""More than this many pixels are refused from the header, before memory is spent; as Pillow's own limit."""

MAX_BYTES = 1 << 30
"""Larger files are refused unread."""

_ROWS = 256
_SMALLER = "make it smaller first"
_AGAIN = "fetch the original again, or export it as JPEG or PNG with another program"
_EXAMINERS: Mapping[str, Callable[[bytes, PurePath], Contents]] = {
    "jpeg": jpeg.examine,
    "png": png.examine,
    "webp": webp.examine,
    "avif": iso.examine_avif,
    "heic": iso.examine_heic,
    "tiff": tiff.examine,
}
_OPENERS: Mapping[str, Callable[[bytes], Image.Image]] = {
    "jpeg": open_jpeg,
    "png": open_png,
    "webp": open_webp,
    "avif": open_avif,
    "tiff": open_tiff,
}
_REFUSED_MODES = {
    "CMYK": ("has the ink colours of print (CMYK)", "convert it to RGB first"),
    "LAB": ("has Lab colours", "convert it to RGB first"),
    "HSV": ("has HSV colours", "convert it to RGB first"),
    "F": ("has floating-point pixels", "convert it to 8 bits a channel first"),
    "I": ("has more than 8 bits a channel", "convert it to 8 bits a channel first"),
}
_MODES = {"1": "L", "La": "LA", "P": "RGB", "PA": "RGBA", "RGBX": "RGB", "RGBa": "RGBA", "YCbCr": "RGB"}


def read_photo(path: PurePath | str) -> Photo:
    """Read a photo, told by its content whatever its name ends in.

    Raises:
        PhotoError: missing, unreadable, damaged, too large, or not a still 8-bit photo.
    """
    return read_photo_bytes(photo_bytes(Path(path)), path)


def photo_bytes(path: Path) -> bytes:
    """The bytes of a photo's file.

    Raises:
        PhotoError: missing, unreadable, too large, or no file.
    """
    try:
        return _regular_file(path)
    except PhotoError:
        raise
    except FileNotFoundError as error:
        raise PhotoError(path, "does not exist", "check its name") from error
    except PermissionError as error:
        raise PhotoError(path, "may not be read", "change its permissions or copy it elsewhere") from error
    except MemoryError as error:
        raise TooLargeError(path, "needs more memory than there is", _SMALLER) from error
    except OSError as error:
        raise PhotoError(path, f"cannot be read ({error.strerror or error})", "check the disk or the name") from error
    except ValueError as error:
        raise PhotoError(ascii(str(path)), "is not a possible file name", "check its name") from error


def _regular_file(path: Path) -> bytes:
    """The bytes of a file that is neither a folder nor a device nor absurdly large."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise PhotoError(path, "is a folder", "give a photo in it")
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError(path, "is not a regular file", "give a photo")
    if status.st_size > MAX_BYTES:
        raise TooLargeError(path, f"is larger than {MAX_BYTES >> 30} GiB", _SMALLER)
    return path.read_bytes()


def read_photo_bytes(data: bytes, path: PurePath | str, *, most_pixels: int | None = None) -> Photo:
    """The same from a file's bytes; `path` only names it.

    Args:
        most_pixels: more are refused from the header; None stands for `MAX_PIXELS`.

    Raises:
        PhotoError: damaged, too large, or not a still 8-bit photo.
    """
    path = path if isinstance(path, PurePath) else PurePath(path)
    try:
        form = photo_format(data, path)
        return _photo(_EXAMINERS[form](data, path), form, path, most_pixels or MAX_PIXELS)
    except PhotoError:
        raise
    except MemoryError as error:
        raise TooLargeError(path, "needs more memory than there is", _SMALLER) from error
    except Image.DecompressionBombError as error:
        raise TooLargeError(path, f"has more than the {MAX_PIXELS // 10**6} megapixels allowed", _SMALLER) from error
    except Exception as error:  # decoders raise nearly everything over damaged bytes, and no user wants a traceback
        raise PhotoError(path, f"is truncated or damaged ({_reason(error)})", _AGAIN) from error


def _reason(error: Exception) -> str:
    """A decoder's complaint, shortened to one line."""
    has_words = isinstance(error, OSError | SyntaxError | ValueError | RuntimeError | EOFError) and str(error)
    return " ".join(str(error).split())[:100] if has_words else "the decoder gave up"


def _photo(contents: Contents, form: str, path: PurePath, most_pixels: int) -> Photo:
    image, encoding, orientation = _decoded(contents, form, path, most_pixels)
    image = _in_plain_mode(image)
    is_grey = contents.grey or image.mode in ("L", "LA")
    has_alpha = image.mode in ("LA", "RGBA")
    pixels, alpha = _arrays(image, is_grey=is_grey, has_alpha=has_alpha)
    del image
    icc, metadata = contents.icc, contents.metadata
    if icc is not None and not colour.is_usable(icc, pixels.shape[2]):
        icc, metadata = None, replace(metadata, found=unique([*metadata.found, Finding.UNUSABLE_PROFILE]))
    notes = list(contents.notes)
    if Finding.UNUSABLE_PROFILE in metadata.found:
        notes.append("its colour profile cannot be used and is ignored")
    if path.suffix.lower() in PHOTO_SUFFIXES and path.suffix.lower() not in SUFFIXES[form]:
        notes.append(f"its name ends in {path.suffix} but its content is {form.upper()}, and stays so")
    return Photo(
        path=path,
        format=form,
        pixels=_upright(pixels, orientation),
        alpha=None if alpha is None else _upright(alpha, orientation),
        icc=icc,
        encoding=encoding,
        metadata=metadata,
        notes=tuple(notes),
    )


def _decoded(contents: Contents, form: str, path: PurePath, most_pixels: int) -> tuple[Image.Image, Encoding, int]:
    """The decoded picture, how it was compressed, and the orientation (1 to 8) that is still to be applied."""
    exif = contents.metadata.exif
    if form == "heic":
        heif = open_heic(contents.decodable)
        _refuse_what_cannot_be_held(heif.size, heif.mode, path, most_pixels)
        return heif.to_pillow(), contents.encoding, 1
    image = _OPENERS[form](contents.decodable)
    _refuse_what_cannot_be_held(image.size, image.mode, path, most_pixels)
    if form in ("webp", "avif") and getattr(image, "is_animated", False):
        raise UnsupportedError(path, "is an animation", "save the frames you need as PNG")
    with quietly() if form == "tiff" else nullcontext():
        image.load()
    if isinstance(image, JpegImageFile):
        return image, jpeg.encoding_of(image), exif.orientation if exif else 1
    if form == "avif":
        exif = parse(image.info.get("exif", b""))
    return image, contents.encoding, exif.orientation if exif and form != "tiff" else 1


def _refuse_what_cannot_be_held(size: tuple[int, int], mode: str, path: PurePath, most_pixels: int) -> None:
    if size[0] * size[1] > most_pixels:
        raise TooLargeError(path, f"has more than the {most_pixels // 10**6} megapixels allowed", _SMALLER)
    refused = _REFUSED_MODES["I"] if ";" in mode else _REFUSED_MODES.get(mode)
    if refused:
        raise UnsupportedError(path, *refused)


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA; a transparent colour or palette entry becomes alpha."""
    mode = _MODES.get(image.mode, image.mode)
    if "transparency" in image.info:
        mode = {"L": "LA", "RGB": "RGBA"}.get(mode, mode)
    return image if image.mode == mode else image.convert(mode)


def _arrays(image: Image.Image, *, is_grey: bool, has_alpha: bool) -> tuple[Pixels, Alpha]:
    """Pixels (H, W, C) and alpha (H, W), copied strip by strip so that no second whole copy is ever held."""
    width, height = image.size
    pixels = np.empty((height, width, 1 if is_grey else 3), dtype=np.uint8)
    alpha = np.empty((height, width), dtype=np.uint8) if has_alpha else None
    for top in range(0, height, _ROWS):
        bottom = min(top + _ROWS, height)
        strip = np.asarray(image.crop((0, top, width, bottom))).reshape(bottom - top, width, -1)
        pixels[top:bottom] = strip[..., : pixels.shape[2]]
        if alpha is not None:
            alpha[top:bottom] = strip[..., -1]
    return pixels, alpha


def _upright(array: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """An array (H, W, ...) turned as the EXIF orientation asks (Exif 3.0, section 4.6.5.1.3)."""
    if orientation >= 5:
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)
