import gzip
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from pytest_httpserver import HTTPServer

from unseen.datasets import load_mnist, mnist
from unseen.errors import UnseenError

from .drawn import FILES, contents, drawn, idx, written

FEW = contents(known=5_003, test=7)
ZIPPED = {f"{name}.gz": gzip.compress(content, 1, mtime=0) for name, content in FEW.items()}


def test_the_last_five_thousand_validate(tmp_path: Path) -> None:
    data = load_mnist(written(tmp_path, FEW))
    images, labels = drawn(5_003, 0)
    assert data.train.images.shape == (3, 1, 28, 28)
    assert data.validation.images.shape == (5_000, 1, 28, 28)
    found = torch.cat([data.train.images, data.validation.images]).mul(255).round()[:, 0]
    np.testing.assert_array_equal(found.numpy(), images)
    np.testing.assert_array_equal(torch.cat([data.train.labels, data.validation.labels]).numpy(), labels)
    assert (data.test.images.dtype, data.test.labels.dtype) == (torch.float32, torch.int64)
    assert len(data.test.labels) == 7


@pytest.mark.parametrize("form", ["{}", "{}.gz", "dots {}", "dots {}.gz"])
def test_every_usual_file_name_is_found(form: str, tmp_path: Path) -> None:
    zipped = form.endswith(".gz")
    names = {name: name.replace("-idx", ".idx") if form.startswith("dots") else name for name in FILES}
    data = load_mnist(written(tmp_path, {names[name]: FEW[name] for name in FILES}, zipped=zipped))
    assert len(data.train.labels) == 3


def test_the_real_digits(shared: Path) -> None:
    data = load_mnist(shared / "data/mnist")
    assert [len(part.labels) for part in (data.train, data.validation, data.test)] == [55_000, 5_000, 10_000]
    assert data.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    pixels = torch.cat([data.train.images, data.validation.images])
    assert pixels.mean().item() == pytest.approx(0.1307, abs=5e-5)  # what everybody normalises MNIST by
    assert pixels.std().item() == pytest.approx(0.3081, abs=5e-5)


IMAGES, LABELS = drawn(6_000, 2)
WRONG = [
    ({FILES[2]: None}, "has no file t10k-images-idx3-ubyte, with .gz or without; give a folder"),
    ({FILES[0]: FEW[FILES[0]][:-9]}, "train-images-idx3-ubyte: is cut: "),
    ({FILES[0]: FEW[FILES[1]]}, "train-images-idx3-ubyte: holds 5003 values; give images of 28x28 pixels"),
    ({FILES[1]: FEW[FILES[0]]}, "train-labels-idx1-ubyte: holds 5003x28x28 values; give a file of labels"),
    ({FILES[2]: idx(IMAGES[:7, 1:])}, "t10k-images-idx3-ubyte: holds 7x27x28 values; give images of 28x28"),
    ({FILES[3]: idx(LABELS[:6])}, "holds 6 labels for the 7 images of t10k-images-idx3-ubyte; give files that"),
    ({FILES[3]: idx(LABELS[:7] + 6)}, "; give labels from 0 to 9"),
    ({FILES[2]: idx(IMAGES[:0]), FILES[3]: idx(LABELS[:0])}, "t10k-images-idx3-ubyte: holds no images; give"),
    ({FILES[0]: idx(IMAGES[:5_000]), FILES[1]: idx(LABELS[:5_000])}, "holds 5000 training images, of which the last"),
]


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_a_wrong_folder_is_refused_in_one_line(changes: dict[str, bytes | None], said: str, tmp_path: Path) -> None:
    files = {name: content for name, content in (FEW | changes).items() if content is not None}
    with pytest.raises(UnseenError) as told:
        load_mnist(written(tmp_path, files))
    assert str(told.value).startswith(str(tmp_path))
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match="none: is no folder; give a folder that holds MNIST's four files"):
        load_mnist(tmp_path / "none")


@pytest.fixture
def mirrors(httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """Two mirrors on this machine that have nothing yet, and a cache folder of the test's own."""
    sums = {name: hashlib.sha256(ZIPPED[f"{name}.gz"]).hexdigest() for name in FILES}
    monkeypatch.setattr(mnist, "MIRRORS", tuple(httpserver.url_for(f"/{mirror}") for mirror in ("first", "second")))
    monkeypatch.setattr(mnist, "SHA256", sums)
    monkeypatch.setenv("UNSEEN_CACHE", str(tmp_path / "cache"))
    return httpserver


def serve(server: HTTPServer, mirror: str, files: dict[str, bytes]) -> None:
    """The mirror has these files and no others."""
    for name, content in files.items():
        server.expect_request(f"/{mirror}/{name}").respond_with_data(content)
    server.expect_request(re.compile(f"/{mirror}/.*")).respond_with_data(status=404)


def asked(server: HTTPServer) -> list[str]:
    return [request.path for request, _ in server.log]


def test_it_is_downloaded_once(mirrors: HTTPServer) -> None:
    serve(mirrors, "first", ZIPPED)
    data = load_mnist()
    assert len(data.test.labels) == 7
    assert asked(mirrors) == [f"/first/{name}" for name in ZIPPED]
    torch.testing.assert_close(load_mnist().train.images, data.train.images)
    assert len(asked(mirrors)) == 4


def test_what_one_mirror_lacks_comes_from_the_next_and_stays(mirrors: HTTPServer) -> None:
    serve(mirrors, "first", {name: ZIPPED[name] for name in list(ZIPPED)[1:]})
    serve(mirrors, "second", ZIPPED)
    assert len(load_mnist().train.labels) == 3
    assert set(asked(mirrors)) == {f"/first/{name}" for name in ZIPPED} | {f"/second/{FILES[0]}.gz"}
    mirrors.clear()
    assert len(load_mnist().train.labels) == 3


def test_a_changed_file_is_not_used(mirrors: HTTPServer) -> None:
    serve(mirrors, "first", ZIPPED | {f"{FILES[3]}.gz": gzip.compress(FEW[FILES[1]])})
    serve(mirrors, "second", {})
    with pytest.raises(UnseenError, match=r"/second/t10k-labels.* 404 .*, or give a folder that holds MNIST") as told:
        load_mnist()
    assert "\n" not in str(told.value)
    mirrors.clear_all_handlers()
    serve(mirrors, "first", {})
    serve(mirrors, "second", ZIPPED)
    assert len(load_mnist().test.labels) == 7


def test_only_changed_files_are_told_as_such(mirrors: HTTPServer) -> None:
    serve(mirrors, "first", dict.fromkeys(ZIPPED, b"other"))
    serve(mirrors, "second", dict.fromkeys(ZIPPED, b"other"))
    with pytest.raises(UnseenError, match=r"the file has SHA-256 .* it is not used"):
        load_mnist()
