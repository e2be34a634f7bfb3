"""What large photos cost in memory; benchmarks/photo_size.py measures the seconds, on a machine that is left alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

MEASURE = """
import resource, subprocess, sys
program = "from unseen.cli import main; main()"
code = subprocess.run([sys.executable, "-c", program, "protect", *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
LIMIT = 1_500_000_000


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is told in another unit")
@pytest.mark.parametrize("count", [1, 6])
def test_photos_of_12_megapixels_stay_below_one_and_a_half_gigabytes(count: int, tmp_path: Path) -> None:
    picture = Image.fromarray(skimage.data.coffee()).resize((4244, 2828), Image.Resampling.BICUBIC)
    for seed in range(count):
        grain = np.random.default_rng(seed).integers(-3, 4, (2828, 4244, 3), dtype=np.int16)
        pixels = np.clip(np.asarray(picture, dtype=np.int16) + grain, 0, 255).astype(np.uint8)
        (tmp_path / "large").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / "large" / f"{seed}.jpg", quality=92)
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "large"), "-o", str(tmp_path / "out")]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=500).stdout
    code, kibibytes = map(int, output.split())
    assert code == 0
    assert len(list((tmp_path / "out").iterdir())) == count
    assert kibibytes * 1024 < LIMIT
