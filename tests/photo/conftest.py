"""Real photos of every format, made here, with secrets planted wherever a file can hold one."""

import io
import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from unseen.photo.colour import matrix_profile

FORMATS = ("jpeg", "png", "webp", "avif", "tiff", "heic")
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290))
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6" note="SECRET-XMP">'
    b"<dc:creator><rdf:Seq><rdf:li>Zo&#235; XMP</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def ascii_entry(tag: int, text: str) -> tuple[int, int, int, bytes]:
    value = text.encode() + b"\0"
    return tag, 2, len(value), value


def directory(entries: list[tuple[int, int, int, bytes]], start: int, following: int = 0) -> bytes:
    """A little-endian TIFF directory, written straight from the TIFF 6.0 specification."""
    place = start + 2 + 12 * len(entries) + 4
    head, tail = struct.pack("<H", len(entries)), b""
    for tag, kind, count, value in sorted(entries):
        head += struct.pack("<HHI", tag, kind, count)
        if len(value) <= 4:
            head += value.ljust(4, b"\0")
        else:
            head += struct.pack("<I", place + len(tail))
            tail += value
    return head + struct.pack("<I", following) + tail


def picture(width: int = 48, height: int = 32, mode: str = "RGB") -> Image.Image:
    """A smooth picture without symmetry, so that every turn of it is another picture."""
    rows, columns = np.mgrid[0:height, 0:width]
    red = 255 * columns / max(width - 1, 1)
    green = 255 * rows / max(height - 1, 1)
    blue = 255 * (rows * columns) / max((height - 1) * (width - 1), 1)
    alpha = 60 + 195 * columns / max(width - 1, 1)
    image = Image.fromarray(np.stack([red, green, blue, alpha], axis=-1).astype(np.uint8))
    return image.convert(mode)


def jpeg_bytes(**options: object) -> bytes:
    output = io.BytesIO()
    picture(16, 12).save(output, "JPEG", **options)
    return output.getvalue()


def exif_bytes(orientation: int = 1) -> bytes:
    """An EXIF block with date, author, position, maker notes and a thumbnail, without the "Exif" prefix."""
    short = struct.pack("<H", orientation)
    detail = [
        ascii_entry(0x9003, "2024:05:06 07:08:09"),
        ascii_entry(0x9011, "+02:00"),
        (0x829A, 5, 1, struct.pack("<II", 1, 250)),
        (0x927C, 7, 16, b"SECRET-MAKERNOTE"),
    ]
    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, struct.pack("<6I", 48, 1, 51, 1, 29, 1)), ascii_entry(27, "SECRET-GPS")]

    def main(detail_at: int, gps_at: int) -> list[tuple[int, int, int, bytes]]:
        return [
            ascii_entry(0x010E, "SECRET-DESCRIPTION"),
            ascii_entry(0x0110, "SECRET-CAMERA"),
            (0x0112, 3, 1, short),
            ascii_entry(0x0132, "2024:05:06 07:08:10"),
            ascii_entry(0x013B, "Ada Author"),
            ascii_entry(0x8298, "(c) Ada"),
            (0x8769, 4, 1, struct.pack("<I", detail_at)),
            (0x8825, 4, 1, struct.pack("<I", gps_at)),
        ]

    detail_at = 8 + len(directory(main(0, 0), 8))
    gps_at = detail_at + len(directory(detail, detail_at))
    second_at = gps_at + len(directory(gps, gps_at))
    thumbnail = jpeg_bytes(comment=b"SECRET-THUMBNAIL")
    second = [(0x0103, 3, 1, b"\6\0"), (0x0201, 4, 1, b""), (0x0202, 4, 1, struct.pack("<I", len(thumbnail)))]
    thumbnail_at = second_at + len(directory(second, second_at))
    second[1] = (0x0201, 4, 1, struct.pack("<I", thumbnail_at))
    return b"".join(
        [
            b"II*\0" + struct.pack("<I", 8),
            directory(main(detail_at, gps_at), 8, following=second_at),
            directory(detail, detail_at),
            directory(gps, gps_at),
            directory(second, second_at),
            thumbnail,
        ]
    )


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """A file of that format, by the libraries directly."""
    output = io.BytesIO()
    if form == "heic":
        heif = pillow_heif.from_pillow(image)
        heif.save(output, quality=90, **options)
    else:
        image.save(output, form.upper(), **options)
    return output.getvalue()


def with_secrets(form: str) -> bytes:
    """A file of that format with every kind of metadata and embedded copy that it can hold."""
    profile = matrix_profile(P3, None)
    exif, image = exif_bytes(), picture()
    if form == "jpeg":
        plain = saved(image, "jpeg", quality=92, icc_profile=profile, comment=b"SECRET-COMMENT")
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0bSECRET-IPTC\0"
        preview = b"8BIM\x04\x0c\0\0\0\0\0\x0eSECRET-PREVIEW"
        extra = [
            segment(0xE1, b"Exif\0\0" + exif),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
            segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"SECRET-LONG-XMP"),
            segment(0xE2, b"MPF\0" + b"SECRET-MPF"),
            segment(0xED, iptc + preview),
            segment(0xE0, b"JFXX\0\x10" + jpeg_bytes(comment=b"SECRET-JFXX")),
            segment(0xE5, b"SECRET-APP5"),
        ]
        second = jpeg_bytes(comment=b"SECRET-SECOND")
        video = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"SECRET-VIDEO"
        return plain[:2] + b"".join(extra) + plain[2:] + second + video
    if form == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", "SECRET-TEXT")
        texts.add_text("Description", "SECRET-ZTXT", zip=True)
        texts.add_itxt("Title", "SECRET-ITXT ü", zip=True)
        texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        plain = saved(image, "png", exif=exif, icc_profile=profile, pnginfo=texts)
        return plain[:33] + chunk(b"prVt", b"SECRET-PRIVATE") + plain[33:] + b"SECRET-TRAILER"
    if form == "webp":
        plain = saved(image, "webp", exif=exif, icc_profile=profile, xmp=XMP, quality=90)
        body = plain[12:] + b"UNKN" + struct.pack("<I", 14) + b"SECRET-UNKNOWN"
        return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body + b"SECRET-TRAILER"
    if form == "tiff":
        tags = Image.Exif()
        tags.load(exif)
        tags[700] = XMP
        tags[33723] = b"SECRET-IPTC"
        tags[34377] = b"SECRET-PHOTOSHOP"
        return saved(image, "tiff", tiffinfo=tags, icc_profile=profile)
    if form == "avif":
        plain = saved(image, "avif", exif=exif, icc_profile=profile, xmp=XMP, quality=90)
    else:
        image.info.update(exif=b"Exif\0\0" + exif, xmp=XMP, icc_profile=profile, thumbnails=[16])
        plain = saved(image, "heic")
    video = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42SECRET-VIDEO"
    return plain + struct.pack(">I", len(video) + 8) + b"mpvd" + video


def grey_profile() -> bytes:
    """A grey profile with gamma 1.8, laid out by hand as ICC.1:2001-04 asks."""
    tags = [
        (b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)),
        (b"kTRC", b"curv\0\0\0\0" + struct.pack(">IHH", 1, 461, 0)),
    ]
    offset, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    header = struct.pack(">I4xI", offset + len(body), 0x02100000) + b"mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    return (header + struct.pack(">3i", 63190, 65536, 54061)).ljust(128, b"\0") + table + body


@pytest.fixture(scope="session")
def secretive() -> dict[str, bytes]:
    """Format -> the bytes of a file that holds everything it can, each secret spelt "SECRET-..."."""
    return {form: with_secrets(form) for form in FORMATS}


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What makes pictures and files: see the functions of the same names."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return SimpleNamespace(
        picture=picture,
        saved=saved,
        jpeg=jpeg_bytes,
        exif=exif_bytes,
        segment=segment,
        chunk=chunk,
        xmp=XMP,
        profiles={"srgb": srgb, "p3": matrix_profile(P3, None), "grey": grey_profile()},
    )
