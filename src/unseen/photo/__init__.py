"""Photos in and out: every common format, upright, in its own colours, and nothing of its metadata unless asked."""

from unseen.photo.atomic import write_new
from unseen.photo.decode import MAX_BYTES, MAX_PIXELS, read_photo, read_photo_bytes
from unseen.photo.encode import encode
from unseen.photo.ladder import encodings, output_format, output_suffix
from unseen.photo.metadata import KEEP_WORDS, metadata_removed, parse_keep
from unseen.photo.photo import PHOTO_SUFFIXES, Encoding, Finding, Photo

__all__ = [
    "KEEP_WORDS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "PHOTO_SUFFIXES",
    "Encoding",
    "Finding",
    "Photo",
    "encode",
    "encodings",
    "metadata_removed",
    "output_format",
    "output_suffix",
    "parse_keep",
    "read_photo",
    "read_photo_bytes",
    "write_new",
]
