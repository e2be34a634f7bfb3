"""What Schemathesis sends as photos; loaded by it, in a process of its own."""

import io

import numpy as np
import schemathesis
from hypothesis import strategies as st
from PIL import Image


def photo(form: str) -> bytes:
    """A small picture."""
    pixels = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form)
    return buffer.getvalue()


PHOTOS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}

for kind, form in PHOTOS.items():
    schemathesis.openapi.media_type(kind, st.just(photo(form)))
for kind in ("image/avif", "image/heic", "application/octet-stream"):
    schemathesis.openapi.media_type(kind, st.just(photo("JPEG")))
