"""From pixels to the bytes of a file: same format, same colour profile, metadata only where it is asked for."""

import io
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pillow_heif
from PIL import Image, PngImagePlugin

from unseen.errors import PhotoError
from unseen.photo import tiff
from unseen.photo.exif import serialise
from unseen.photo.metadata import Kept, kept_metadata
from unseen.photo.photo import Alpha, Encoding, Photo, Pixels

_PNG_LEVEL = 4
_WEBP_METHOD = 2
_WEBP_LOSSLESS_EFFORT = 20
_AVIF_SPEED = 8
_HEIC_PRESET = "ultrafast"
_HEIC_TILE = 512  # as phones write them: their decoders, and x265, refuse some large or narrow pictures in one piece


def encode(
    photo: Photo, pixels: Pixels, *, format: str, encoding: Encoding, keep: Iterable[str] = frozenset()
) -> bytes:
    """The file for new pixels of a photo: its alpha and colour profile, and what `keep` names of its metadata.

    Args:
        photo: where alpha, profile and metadata come from.
        pixels: (H, W, C) uint8 in the photo's colour space; H and W are the photo's where it has alpha.
        format: what `output_format` gave.
        encoding: one of `encodings`.
        keep: words of `KEEP_WORDS`.

    Raises:
        PhotoError: the encoder cannot take it.
        UnseenError: a word that is not one of `KEEP_WORDS`.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] not in (1, 3):
        raise ValueError(f"pixels must be uint8 (H, W, 1 or 3), not {pixels.dtype} {pixels.shape}")
    if photo.alpha is not None and photo.alpha.shape != pixels.shape[:2]:
        raise ValueError(f"pixels {pixels.shape} do not match the photo's alpha {photo.alpha.shape}")
    kept = kept_metadata(photo, keep, format)
    alpha = photo.alpha if format != "jpeg" else None
    try:
        return _ENCODERS[format](pixels, alpha, photo.icc, encoding, kept)
    except MemoryError as error:
        raise PhotoError(photo.path, "needs more memory than there is", "make it smaller first") from error
    except (OSError, ValueError, RuntimeError) as error:
        problem = f"cannot be written as {format.upper()} ({' '.join(str(error).split())[:100]})"
        raise PhotoError(photo.path, problem, "choose --format png") from error


def _image(pixels: Pixels, alpha: Alpha) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    if alpha is not None:
        image.putalpha(Image.fromarray(alpha))
    return image


def _jpeg(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    """A baseline JPEG, with Huffman tables of its own where the result surely fits Pillow's buffer for that."""
    image = _image(pixels, alpha)
    comment = "\n".join(text for _, text in kept.texts).encode()

    def written(*, optimize: bool) -> bytes:
        output = io.BytesIO()
        image.save(
            output,
            "JPEG",
            quality=-1 if encoding.tables else encoding.quality,
            qtables=[list(table) for table in encoding.tables] if encoding.tables else None,
            subsampling=encoding.subsampling or "4:4:4",
            optimize=optimize,
            icc_profile=icc,
            exif=_exif(kept, b"Exif\0\0"),
            xmp=kept.xmp,
            comment=comment,
        )
        return output.getvalue()

    plain = written(optimize=False)
    return written(optimize=True) if len(plain) <= image.width * image.height else plain


def _png(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    texts = PngImagePlugin.PngInfo()
    for keyword, text in kept.texts:
        texts.add_text(keyword, text)
    if kept.xmp:
        texts.add_itxt("XML:com.adobe.xmp", kept.xmp)
    output = io.BytesIO()
    _image(pixels, alpha).save(
        output, "PNG", compress_level=_PNG_LEVEL, icc_profile=icc, exif=_exif(kept) or None, pnginfo=texts
    )
    return output.getvalue()


def _webp(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    output = io.BytesIO()
    _image(pixels, alpha).save(
        output,
        "WEBP",
        lossless=encoding.lossless,
        quality=_WEBP_LOSSLESS_EFFORT if encoding.lossless else encoding.quality,
        method=_WEBP_METHOD,
        exact=True,
        icc_profile=icc,
        exif=_exif(kept),
        xmp=kept.xmp,
    )
    return output.getvalue()


def _avif(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    output = io.BytesIO()
    _image(pixels, alpha).save(
        output,
        "AVIF",
        quality=encoding.quality,
        subsampling=encoding.subsampling or ("4:0:0" if alpha is None and pixels.shape[2] == 1 else "4:4:4"),
        speed=_AVIF_SPEED,
        icc_profile=icc,
        exif=_exif(kept),
        xmp=kept.xmp,
    )
    return output.getvalue()


def _heic(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    image = _image(pixels, alpha)
    output = io.BytesIO()
    pillow_heif.encode(
        image.mode,
        image.size,
        image.tobytes(),
        output,
        quality=encoding.quality,
        subsampling=encoding.subsampling or "4:2:0",
        enc_params={"preset": _HEIC_PRESET},
        tile_size=_HEIC_TILE,
        icc_profile=icc,
        exif=_exif(kept, b"Exif\0\0") or None,
        xmp=kept.xmp or None,
    )
    return output.getvalue()


def _tiff(pixels: Pixels, alpha: Alpha, icc: bytes | None, encoding: Encoding, kept: Kept) -> bytes:
    return tiff.compose(pixels, alpha, icc, kept.xmp, kept.exif)


def _exif(kept: Kept, prefix: bytes = b"") -> bytes:
    return prefix + serialise(kept.exif) if kept.exif else b""


_ENCODERS: Mapping[str, Callable[[Pixels, Alpha, bytes | None, Encoding, Kept], bytes]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "heic": _heic,
    "tiff": _tiff,
}
