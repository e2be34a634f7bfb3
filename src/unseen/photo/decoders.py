"""The libraries' decoders, called without their registries: nothing here changes what a host program's Pillow does."""

import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pillow_heif
from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin
from PIL.AvifImagePlugin import AvifImageFile

logging.getLogger("PIL").addHandler(logging.NullHandler())  # or its complaints about damage end on the terminal
_filters = threading.Lock()


@contextmanager
def quietly() -> Iterator[None]:
    """Silence the warnings of Pillow's TIFF parser about odd tags; they are not about the picture.

    Python's warning filters belong to the whole process (until 3.14), hence one thread at a time.
    """
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def open_jpeg(data: bytes) -> JpegImagePlugin.JpegImageFile:
    """The first picture of a JPEG file, whatever its multi-picture index says; not decoded yet."""
    return JpegImagePlugin.JpegImageFile(io.BytesIO(data))


def open_png(data: bytes) -> Image.Image:
    """A PNG; not decoded yet."""
    return PngImagePlugin.PngImageFile(io.BytesIO(data))


def open_webp(data: bytes) -> Image.Image:
    """A WebP; not decoded yet."""
    return WebPImagePlugin.WebPImageFile(io.BytesIO(data))


def open_avif(data: bytes) -> Image.Image:
    """An AVIF; not decoded yet, and not upright: `info["exif"]` says how to turn it."""
    with quietly():
        return AvifImageFile(io.BytesIO(data))


def open_tiff(data: bytes) -> TiffImagePlugin.TiffImageFile:
    """A TIFF; not decoded yet. Pillow turns it upright while decoding."""
    with quietly():
        return TiffImagePlugin.TiffImageFile(io.BytesIO(data))


def open_heic(data: bytes) -> pillow_heif.HeifImage:
    """The primary picture of a HEIC; not decoded yet. The decoder applies its rotation, mirror and crop."""
    heif = pillow_heif.open_heif(data)
    return heif[heif.primary_index]
