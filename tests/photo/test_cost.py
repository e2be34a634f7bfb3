"""What a photo of 12 megapixels costs in memory, and that several threads can read at once."""

import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from unseen.photo import read_photo_bytes

MEASURE = """
import re, sys
from pathlib import Path
from unseen.photo import encode, encodings, read_photo, read_photo_bytes

def memory(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

def peak_of(function):
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    result = function()
    return result, memory("VmHWM") - before

small, large = sys.argv[1:]
read_photo(small).srgb  # whatever is loaded once
photo, reading = peak_of(lambda: read_photo(large))
_, converting = peak_of(lambda: photo.srgb)
encoding = encodings(photo, "jpeg", None)[0]
_, writing = peak_of(lambda: encode(photo, photo.pixels, format="jpeg", encoding=encoding))
copy = photo.pixels.nbytes / 2**20
print(reading / copy, converting / copy, writing / copy)
"""


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_a_large_photo_is_held_about_three_times(kit: SimpleNamespace, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-4, 5, (3000, 4000, 3))
    pixels = np.clip(np.asarray(kit.picture(4000, 3000)) + noise, 0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[274] = 6
    options = {"quality": 92, "icc_profile": kit.profiles["p3"], "exif": exif}
    (tmp_path / "large.jpg").write_bytes(kit.saved(Image.fromarray(pixels), "jpeg", **options))
    (tmp_path / "small.jpg").write_bytes(kit.saved(kit.picture(), "jpeg", **options))
    command = [sys.executable, "-c", MEASURE, tmp_path / "small.jpg", tmp_path / "large.jpg"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    reading, converting, writing = map(float, output.split())
    assert reading < 3.5  # Pillow's four bytes a pixel, ours, and the turned one
    assert converting < 1.8
    assert writing < 3.0


def test_several_threads_read_at_once(kit: SimpleNamespace, secretive: dict[str, bytes]) -> None:
    with pytest.warns(UserWarning, match="too many entries"):
        odd = kit.saved(kit.picture(), "tiff", tiffinfo={296: (1, 2)})
    files = [*secretive.values(), odd] * 6
    expected = [read_photo_bytes(data, "photo").pixels for data in files]
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        photos = list(pool.map(lambda data: read_photo_bytes(data, "photo"), files))
    for photo, pixels in zip(photos, expected, strict=True):
        np.testing.assert_array_equal(photo.pixels, pixels)
    assert warnings.filters == filters
