"""What large photos cost in memory; benchmarks/photo_size.py measures the seconds, on a machine that is left alone."""

import os
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
STYLE_LIMIT = 2_500_000_000


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is told in another unit")
@pytest.mark.parametrize("count", [1, 6])
def test_photos_of_12_megapixels_stay_below_one_and_a_half_gigabytes(count: int, tmp_path: Path) -> None:
    for seed in range(count):
        save_large(tmp_path / "large" / f"{seed}.jpg", seed)
    code, most = cost_of(str(tmp_path / "large"), "-o", str(tmp_path / "out"))
    assert code == 0
    assert len(list((tmp_path / "out").glob("[!.]*"))) == count
    assert most < LIMIT


@pytest.mark.proof
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the peak is told in another unit")
@pytest.mark.parametrize("edge", ["", "&edge=2048"])
def test_a_painted_photo_of_12_megapixels_stays_below_two_and_a_half(edge: str, shared: Path, tmp_path: Path) -> None:
    save_large(tmp_path / "large.jpg", 0)
    style = f"style:hayao?weights={shared / 'weights/cartoongan_hayao.safetensors'}{edge}"
    code, most = cost_of(str(tmp_path / "large.jpg"), "-o", str(tmp_path / "out"), "--scheme", style)
    assert code in (0, 1)  # 1: a style alone need not hide the photo
    assert len(list((tmp_path / "out").glob("[!.]*"))) == 1
    assert most < STYLE_LIMIT


def save_large(path: Path, seed: int) -> None:
    """A photo of 12 megapixels, unlike those of other seeds."""
    picture = Image.fromarray(skimage.data.coffee()).resize((4244, 2828), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(seed).integers(-3, 4, (2828, 4244, 3), dtype=np.int16)
    pixels = np.clip(np.asarray(picture, dtype=np.int16) + grain, 0, 255).astype(np.uint8)
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path, quality=92)


def cost_of(*arguments: str) -> tuple[int, int]:
    """The exit code of `unseen protect`, and the most bytes that it held."""
    command = [sys.executable, "-c", MEASURE, *arguments]
    two_cores = os.environ | {"OMP_NUM_THREADS": "2"}  # of more, each has a large photo in memory
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=550, env=two_cores).stdout
    code, kibibytes = map(int, output.split())
    return code, kibibytes * 1024
