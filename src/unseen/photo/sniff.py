"""What a file is, by its first bytes: names lie, contents rarely do."""

from pathlib import PurePath

from unseen.errors import PhotoError, UnsupportedError

_CONVERT = "export it as JPEG or PNG first"
_STILL = "unseen protects still pictures: save the frames you need as PNG"
_UNKNOWN = ("is not a photo", "give JPEG, PNG, WebP, AVIF, TIFF or HEIC")
_OTHER_KINDS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GIF8", "a GIF", _STILL),
    (0, b"\x1aE\xdf\xa3", "a video", _STILL),
    (0, b"\0\0\x01\xba", "a video", _STILL),
    (0, b"\0\0\x01\xb3", "a video", _STILL),
    (0, b"FLV\x01", "a video", _STILL),
    (0, b"OggS", "a video", _STILL),
    (8, b"AVI ", "a video", _STILL),
    (0, b"II*\0\x10\0\0\0CR", "a camera raw file", _CONVERT),
    (0, b"FUJIFILMCCD-RAW", "a camera raw file", _CONVERT),
    (0, b"IIU\0", "a camera raw file", _CONVERT),
    (0, b"IIRO", "a camera raw file", _CONVERT),
    (0, b"MMOR", "a camera raw file", _CONVERT),
    (0, b"BM", "a BMP picture", _CONVERT),
    (0, b"8BPS", "a Photoshop file", _CONVERT),
    (0, b"\xff\x0a", "a JPEG XL picture", _CONVERT),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture", _CONVERT),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", _CONVERT),
    (0, b"%PDF", "a PDF", _CONVERT),
    (0, b"<svg", "an SVG drawing", _CONVERT),
)
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_SHARED_BRANDS = (b"mif1", b"msf1", b"mif2", b"miaf", b"MiHB", b"tmap")
_VIDEO_BRANDS = (b"iso", b"mp4", b"avc", b"qt", b"M4V", b"3g", b"dash", b"MSNV", b"mmp4")
_SEQUENCE_BRANDS = (b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs")


def photo_format(data: bytes, path: PurePath) -> str:
    """The format of a photo's bytes: "jpeg", "png", "webp", "avif", "tiff" or "heic".

    Raises:
        PhotoError: empty.
        UnsupportedError: an animation, a video, or another kind of file.
    """
    if not data:
        raise PhotoError(path, "is empty", "fetch the original again")
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    for offset, magic, kind, remedy in _OTHER_KINDS:
        if data.startswith(magic, offset):
            raise UnsupportedError(path, f"is {kind}", remedy)
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if data[4:8] == b"ftyp":
        return _iso_format(data, path)
    raise UnsupportedError(path, *_UNKNOWN)


def _iso_format(data: bytes, path: PurePath) -> str:
    """The format of a file in boxes (ISO/IEC 14496-12, section 4.3): its major brand, else what it says it suits."""
    length = min(int.from_bytes(data[:4], "big"), 256)
    major = data[8:12]
    brands = [major] + [data[position : position + 4] for position in range(16, length, 4)]
    if major in _SEQUENCE_BRANDS:
        raise UnsupportedError(path, "is an image sequence", _STILL)
    if major == b"crx ":
        raise UnsupportedError(path, "is a camera raw file", _CONVERT)
    if major in _AVIF_BRANDS or (major in _SHARED_BRANDS and b"avif" in brands):
        return "avif"
    if major in _HEIC_BRANDS or major in _SHARED_BRANDS:
        return "heic"
    if major.startswith(_VIDEO_BRANDS):
        raise UnsupportedError(path, "is a video", _STILL)
    raise UnsupportedError(path, *_UNKNOWN)
