"""Colour profiles: which can be used, what they make of pixels in sRGB, and profiles for colours given in numbers."""

import io
import struct
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_ROWS = 256
_SAME = 1
Chromaticity = tuple[float, float]
Primaries = tuple[Chromaticity, Chromaticity, Chromaticity, Chromaticity]
"""x, y (CIE 1931) of red, green, blue and white."""

_D50 = (0.9642, 1.0, 0.8249)
_D65 = (0.3127, 0.3290)
SRGB: Primaries = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_CICP_PRIMARIES: dict[int, Primaries] = {
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
_CICP_GAMMA = {4: 2.2, 5: 2.8, 8: 1.0}
_CICP_HIGH_DYNAMIC_RANGE = (16, 18)


def to_srgb(pixels: NDArray[np.uint8], icc: bytes) -> NDArray[np.uint8]:
    """Pixels (H, W, C) uint8 under a usable profile -> the same in sRGB; the array itself where that changes nothing.

    Colours move by relative colorimetric intent. "Nothing" is at most one level on a grid over all colours.
    """
    channels = pixels.shape[2]
    if channels == 1:
        ramp = np.arange(256, dtype=np.uint8).reshape(256, 1, 1)
        table = _converted(ramp, icc)
        return pixels if _alike(ramp, table) else table[:, 0, 0][pixels]
    levels = np.linspace(0, 255, 18).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    if _alike(colours, _converted(colours, icc)):
        return pixels
    converted = np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS):
        converted[top : top + _ROWS] = _converted(pixels[top : top + _ROWS], icc)
    return converted


def is_usable(icc: bytes, channels: int) -> bool:
    """Whether the profile can be read and speaks of as many channels as the picture has."""
    try:
        _transform(icc, channels)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False
    return True


def is_grey(icc: bytes) -> bool:
    """Whether the profile is about one channel (ICC.1:2022, section 7.2.6)."""
    return icc[16:20] == b"GRAY"


def from_cicp(primaries: int, transfer: int) -> bytes | None:
    """A profile for the code points of ITU-T H.273 (AVIF, HEIC and PNG carry them), or None for sRGB and its like."""
    gamma = _CICP_GAMMA.get(transfer)
    if primaries not in _CICP_PRIMARIES and gamma is None:
        return None
    return matrix_profile(_CICP_PRIMARIES.get(primaries, SRGB), gamma)


def is_high_dynamic_range(transfer: int) -> bool:
    """Whether the transfer code of ITU-T H.273 is PQ or HLG, which 8 bits cannot hold."""
    return transfer in _CICP_HIGH_DYNAMIC_RANGE


def matrix_profile(primaries: Primaries, gamma: float | None) -> bytes:
    """An ICC profile, version 2, for these primaries and a power curve (None: the curve of sRGB).

    Raises:
        ValueError: no colour space has such primaries.
    """
    contents = {
        b"desc": b"desc" + struct.pack(">II", 0, 7) + b"unseen\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"CC0\0",
        b"wtpt": _xyz(np.array(_D50)),
        **dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, _adapted_columns(primaries).T), strict=True)),
        b"rTRC": _curve(gamma),
    }
    offset = 128 + 4 + 12 * (len(contents) + 2)
    table, body = [], b""
    for name, content in contents.items():
        table.append((name, offset + len(body), len(content)))
        body += content + bytes(-len(content) % 4)
    table += [(name, *table[-1][1:]) for name in (b"gTRC", b"bTRC")]
    directory = struct.pack(">I", len(table)) + b"".join(struct.pack(">4sII", *row) for row in table)
    header = struct.pack(">I4xI", offset + len(body), 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    header = (header + bytes(28)).ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + directory + body


def _adapted_columns(primaries: Primaries) -> NDArray[np.float64]:
    """The matrix from linear RGB to XYZ under D50 (Bradford adaptation, ICC.1:2022 annex E); (3, 3)."""
    if any(y <= 0 for _, y in primaries):
        raise ValueError("primaries outside the diagram")
    points = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in primaries])
    colours, white = points[:3].T, points[3]
    if abs(np.linalg.det(colours)) < 1e-6:
        raise ValueError("primaries on one line")
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    scale = (bradford @ _D50) / (bradford @ white)
    adaptation = np.linalg.inv(bradford) @ np.diag(scale) @ bradford
    columns: NDArray[np.float64] = adaptation @ (colours * np.linalg.solve(colours, white))
    return columns


def _curve(gamma: float | None) -> bytes:
    if gamma is not None:
        return b"curv" + struct.pack(">IIH", 0, 1, round(gamma * 256)) + bytes(2)
    level = np.linspace(0, 1, 1024)
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return b"curv" + struct.pack(">II", 0, 1024) + np.round(linear * 65535).astype(">u2").tobytes()


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + np.round(values * 65536).astype(">i4").tobytes()


@lru_cache(maxsize=4)
def _transform(icc: bytes, channels: int) -> ImageCms.ImageCmsTransform:
    mode = "L" if channels == 1 else "RGB"
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.buildTransform(profile, target, mode, "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC)


def _converted(pixels: NDArray[np.uint8], icc: bytes) -> NDArray[np.uint8]:
    channels = pixels.shape[2]
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    converted = ImageCms.applyTransform(image, _transform(icc, channels))
    return np.asarray(converted)[..., :channels]


def _alike(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    return bool((np.abs(before.astype(np.int16) - after) <= _SAME).all())
