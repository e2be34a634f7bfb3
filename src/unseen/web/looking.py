"""What networks read in a photo that was handed in, and pictures of it that every browser shows."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from unseen.models import Network
from unseen.photo import Photo, read_photo_bytes
from unseen.pictures import to_pillow
from unseen.reading import answer, reading
from unseen.report.layout import Reading
from unseen.report.pictures import preview_jpeg


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a photo tells.

    Attributes:
        name: the photo's.
        format: by its content, such as "jpeg".
        size: height and width, upright.
        metadata: what its file tells beside the pixels, in words.
        notes: what its owner should know, one line each.
        readings: what each network reads.
        picture: a small JPEG, where one was asked for.
    """

    name: str
    format: str
    size: tuple[int, int]
    metadata: tuple[str, ...]
    notes: tuple[str, ...]
    readings: tuple[tuple[Network, Reading], ...]
    picture: bytes | None = None


def look(data: bytes, name: str, networks: Sequence[Network], edge: int, most_pixels: int) -> Looked:
    """Ask networks about a photo.

    Args:
        edge: longer side of the small picture; 0 for none.
        most_pixels: larger photos are refused.

    Raises:
        PhotoError: it cannot be read.
    """
    photo = read_photo_bytes(data, Path(name), most_pixels=most_pixels)
    answers = [(network, answer(network, photo.srgb)) for network in networks]
    return Looked(
        name=name,
        format=photo.format,
        size=(photo.pixels.shape[0], photo.pixels.shape[1]),
        metadata=photo.metadata_found,
        notes=photo.notes,
        readings=tuple(
            (network, reading(logits, int(logits.argmax()), network.class_names)) for network, logits in answers
        ),
        picture=preview_jpeg(photo.srgb, edge) if edge else None,
    )


def picture(data: bytes, name: str, most_pixels: int) -> bytes:
    """A photo as PNG at its full size, upright and in sRGB, without metadata; transparency stays.

    Raises:
        PhotoError: it cannot be read.
    """
    photo = read_photo_bytes(data, Path(name), most_pixels=most_pixels)
    buffer = io.BytesIO()
    _with_alpha(photo).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _with_alpha(photo: Photo) -> Image.Image:
    shown = to_pillow(photo.srgb)
    if photo.alpha is not None:
        shown.putalpha(Image.fromarray(photo.alpha))
    return shown
