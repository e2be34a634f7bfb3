import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from unseen.datasets.idx import read_idx
from unseen.errors import UnseenError

from .drawn import idx

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


@settings(max_examples=30)
@given(array=arrays(np.uint8, array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)), zipped=st.booleans())
def test_what_was_written_is_read(array: np.ndarray, zipped: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("idx") / "array"
    path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    read = read_idx(path)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_cut_anywhere_is_refused(zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "array"
    content = gzip.compress(idx(ARRAY)) if zipped else idx(ARRAY)
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(UnseenError, match=r"array: (is cut|its magic number).*; g(et|ive) ") as told:
            read_idx(path)
        assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is cut after 0 bytes, in its header; get the file again"),
        (idx(ARRAY)[:-1], "is cut: 23 bytes follow a header that says 24; get the file again"),
        (idx(ARRAY) + b"\0", "is too long: 25 bytes follow a header that says 24; get the file again"),
        (b"\x89PNG\r\n", "its magic number is 89 50 4e 47; give an IDX file of bytes, which begins 00 00 08"),
        (idx(ARRAY, kind=0x0D), "its magic number is 00 00 0d 03; give an IDX file of bytes"),
        (gzip.compress(b"no array"), "its magic number is 6e 6f 20 61; give"),
    ],
)
def test_another_file_is_refused_in_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "array.gz"
    path.write_bytes(content)
    with pytest.raises(UnseenError) as told:
        read_idx(path)
    assert str(told.value).startswith(f"{path}: {said}")


def test_gzip_with_a_bit_turned_over_is_refused(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(idx(ARRAY)))
    content[len(content) // 2] ^= 16
    path = tmp_path / "array.gz"
    path.write_bytes(content)
    with pytest.raises(UnseenError, match="is cut or damaged"):
        read_idx(path)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=r"none: cannot be read \(No such file or directory\)"):
        read_idx(tmp_path / "none")
