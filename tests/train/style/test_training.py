import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from filelock import FileLock
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.optim import Adam

from unseen.errors import UnseenError
from unseen.styles import style_named
from unseen.train.style import StyleTraining, TrainedStyle, cartoon, cycle, train_style
from unseen.train.style.cycle import cycle_method
from unseen.train.style.settings import METHODS

from ...styles.pictures import scene

TINY = {
    method: StyleTraining(
        method=method, iterations=12, initial=4, crop=32, batch=8, filters=2, blocks=1, discriminator_filters=2
    )
    for method in METHODS
}
"""Twelve steps of eight: enough to fill a pool of fifty."""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for number in range(5):
        Image.fromarray(scene(40, 56, seed=number)).save(folder / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def prints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two flat colours with a line between them."""
    folder = tmp_path_factory.mktemp("prints")
    for number in range(4):
        pixels = np.full((48, 48, 3), (190, 160, 110), np.uint8)
        pixels[:, 10 + 8 * number :] = (40, 60, 90)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


class StoppedError(Exception):
    """As a kill would end it, between two steps."""


def stopping_after(count: int) -> object:
    def watch(steps: Iterable[Any], total: int, doing: str, /) -> Iterator[Any]:
        for done, step in enumerate(steps):
            if done == count:
                raise StoppedError
            yield step

    return watch


def trained(photos: Path, prints: Path, folder: Path, settings: StyleTraining, **options: object) -> TrainedStyle:
    return train_style(photos, prints, settings, folder=folder, checkpoint_every=5, sample_every=6, **options)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", params=METHODS)
def whole(request, photos: Path, prints: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StyleTraining, Path]:
    """A training that nobody interrupted."""
    folder = tmp_path_factory.mktemp("runs") / request.param
    trained(photos, prints, folder, TINY[request.param])
    return TINY[request.param], folder


@pytest.mark.parametrize("stops", [[7], [3, 4, 5]])
def test_an_interrupted_training_goes_on_bit_for_bit(
    stops: list[int], whole: tuple[StyleTraining, Path], photos: Path, prints: Path, tmp_path: Path
) -> None:
    """Networks, what Adam remembers, pools, crops and samples: every file is the same, every byte of it."""
    settings, folder = whole
    for stop in stops:
        with pytest.raises(StoppedError):
            trained(photos, prints, tmp_path / "run", settings, progress=stopping_after(stop))
        torch.rand(3)  # nothing may hang on the process's own random numbers
    result = trained(photos, prints, tmp_path / "run", settings)
    assert result.resumed_at == 5
    assert contents(tmp_path / "run") == contents(folder)


def test_what_a_training_leaves(whole: tuple[StyleTraining, Path]) -> None:
    settings, folder = whole
    files = {name for name in contents(folder) if not name.startswith(".unseen/")}
    samples = {"samples/0000006.png", "samples/0000012.png"}
    assert files == {"checkpoint.safetensors", "generator.safetensors", "losses.jsonl"} | samples
    rows = [json.loads(line) for line in (folder / "losses.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [5, 10, 12]
    with Image.open(folder / "samples/0000006.png") as sheet:
        assert sheet.size == (32 + 4 + 32, 4 * 32 + 3 * 4)
        pixels = np.asarray(sheet, dtype=np.int16)
    assert np.abs(pixels[:32, :32] - pixels[:32, 36:]).mean() > 5
    with safe_open(folder / "generator.safetensors", "pt") as file:
        assert json.loads(file.metadata()["training"])["filters"] == settings.filters


def test_the_result_is_a_style_of_the_width_that_was_asked_for(whole: tuple[StyleTraining, Path]) -> None:
    settings, folder = whole
    style = style_named(f"style:{settings.method}?weights={folder / 'generator.safetensors'}")
    first = next(iter(style.generator.parameters()))
    assert len(first) == settings.filters
    assert style(scene(40, 52)).shape == (40, 52, 3)


def test_a_finished_training_is_not_repeated(
    whole: tuple[StyleTraining, Path], photos: Path, prints: Path, tmp_path: Path
) -> None:
    settings, folder = whole
    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / "generator.safetensors").unlink()
    result = trained(photos, prints, tmp_path / "run", settings, progress=stopping_after(0))
    assert result.resumed_at == settings.iterations
    assert contents(tmp_path / "run") == contents(folder)


def rows_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "losses.jsonl").read_text().splitlines()]


def test_cyclegan_learns_to_come_back(photos: Path, prints: Path, tmp_path: Path) -> None:
    settings = replace(TINY["cyclegan"], iterations=80, batch=4, filters=8, rate=2e-3)
    trained(photos, prints, tmp_path / "run", settings)
    rows = rows_of(tmp_path / "run")
    first, last = (
        sum(row[name] for name in row if name.startswith(("cycle", "identity"))) for row in (rows[0], rows[-1])
    )
    assert last < 0.7 * first
    assert rows[-1]["judge_style"] < 0.25  # a judge that tells nothing apart has 1/4 at best


def test_cartoongan_learns_content_first_and_its_judge_then(photos: Path, prints: Path, tmp_path: Path) -> None:
    settings = replace(TINY["cartoongan"], iterations=60, initial=40, filters=4, rate=1e-3)
    trained(photos, prints, tmp_path / "run", settings)
    rows = rows_of(tmp_path / "run")
    first = [row for row in rows if row["step"] <= 40]
    assert all(set(row) == {"step", "content"} for row in first)
    assert first[-1]["content"] < 0.8 * first[0]["content"]
    assert rows[-1]["judge"] < rows[len(first)]["judge"]
    assert all({"painter", "content", "judge"} < set(row) for row in rows[len(first) :])


@pytest.mark.parametrize("method", METHODS)
def test_steps_can_be_taken_in_half_the_precision(
    method: str, photos: Path, prints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a GPU does, here on the CPU: nearly the same losses, weights that stay in full precision."""
    trained(photos, prints, tmp_path / "full", TINY[method])
    for module in (cycle, cartoon):
        monkeypatch.setattr(module, "reduced_precision", lambda device: torch.autocast("cpu", torch.bfloat16))
    trained(photos, prints, tmp_path / "half", TINY[method])
    full, half = (rows_of(tmp_path / name)[0] for name in ("full", "half"))
    assert full != half
    assert half == pytest.approx(full, rel=0.05)
    tensors = load_file(tmp_path / "half" / "checkpoint.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float32}


def test_the_rate_is_constant_and_then_falls_to_nothing() -> None:
    rate_at = cycle_method(replace(TINY["cyclegan"], iterations=100), torch.device("cpu")).rate_at
    assert [rate_at(number) for number in (0, 25, 50, 75, 99)] == pytest.approx([1, 1, 1, 0.5, 0.02])


def test_weights_begin_as_published() -> None:
    method = cycle_method(StyleTraining(method="cyclegan", filters=16, blocks=2), torch.device("cpu"))
    for network in method.networks.values():
        for parameter in network.parameters():
            if parameter.ndim == 4:
                assert parameter.std().item() == pytest.approx(0.02, rel=0.15)
            else:
                assert parameter.abs().max() == 0
    painters = method.optimisers["painters"]
    assert isinstance(painters, Adam)
    assert (painters.param_groups[0]["lr"], painters.param_groups[0]["betas"]) == (2e-4, (0.5, 0.999))


def test_a_generator_of_24_filters_fits_in_8_megabytes() -> None:
    method = cycle_method(StyleTraining(method="cyclegan", filters=24, discriminator_filters=2), torch.device("cpu"))
    assert 4 * sum(parameter.numel() for parameter in method.networks["generator"].parameters()) < 6.5e6


def test_a_folder_with_other_things_is_left_alone(photos: Path, prints: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UnseenError, match="holds files that no training of a style wrote; name an empty or new folder"):
        trained(photos, prints, tmp_path, TINY["cyclegan"])
    assert list(contents(tmp_path)) == ["letter.txt"]
    with pytest.raises(UnseenError, match=r"letter\.txt: cannot be used as a folder"):
        trained(photos, prints, tmp_path / "letter.txt", TINY["cyclegan"])


def test_one_process_at_a_time(whole: tuple[StyleTraining, Path], photos: Path, prints: Path) -> None:
    settings, folder = whole
    with (
        FileLock(folder / ".unseen" / "style" / "lock"),
        pytest.raises(UnseenError, match="another training works in it; wait for its end"),
    ):
        trained(photos, prints, folder, settings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 1}, "was trained with seed 0, not 1; give the same again, or name another folder"),
        ({"iterations": 20}, "was trained with iterations 12, not 20"),
        ({"filters": 3}, "was trained with filters 2, not 3"),
        ({"method": "other"}, r"was trained with method \w+, not \w+"),
    ],
)
def test_a_checkpoint_of_other_settings_is_not_gone_on_from(
    changes: dict[str, object], said: str, whole: tuple[StyleTraining, Path], photos: Path, prints: Path
) -> None:
    settings, folder = whole
    if "method" in changes:
        changes = {"method": next(method for method in METHODS if method != settings.method)}
    before = contents(folder)
    with pytest.raises(UnseenError, match=said):
        trained(photos, prints, folder, replace(settings, **changes))
    with pytest.raises(UnseenError, match=r"was trained with photos 5 files \(\w+\), not 4 files \(\w+\)"):
        trained(prints, photos, folder, settings)
    assert contents(folder) == before


def test_damaged_and_foreign_checkpoints_are_told(
    whole: tuple[StyleTraining, Path], photos: Path, prints: Path, tmp_path: Path
) -> None:
    settings, folder = whole
    shutil.copytree(folder, tmp_path / "run")
    path = tmp_path / "run" / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnseenError, match=r"is no whole checkpoint .*; delete it to begin again"):
        trained(photos, prints, tmp_path / "run", settings)
    shutil.copy(folder / "generator.safetensors", path)
    with pytest.raises(UnseenError, match="is no checkpoint of a style's training"):
        trained(photos, prints, tmp_path / "run", settings)
    with safe_open(folder / "checkpoint.safetensors", "pt") as file:
        header = file.metadata()
    tensors = load_file(folder / "checkpoint.safetensors")
    name = next(name for name in tensors if name.startswith("generator.") and name.endswith(".weight"))
    del tensors[name]
    save_file(tensors, path, header)
    with pytest.raises(UnseenError, match=f"not of these networks: 1 missing \\({name}\\)"):
        trained(photos, prints, tmp_path / "run", settings)


def test_what_a_kill_left_behind_goes_away(
    whole: tuple[StyleTraining, Path], photos: Path, prints: Path, tmp_path: Path
) -> None:
    settings, folder = whole
    shutil.copytree(folder, tmp_path / "run")
    (tmp_path / "run" / ".unseen-0123.part").write_bytes(b"half a checkpoint")
    with (tmp_path / "run" / "losses.jsonl").open("ab") as log:
        log.write(b'{"step": 15, "cycle": 1.0}\n{"step": 2')
    trained(photos, prints, tmp_path / "run", settings)
    assert contents(tmp_path / "run") == contents(folder)


def test_a_loss_that_is_no_number_ends_the_training(photos: Path, prints: Path, tmp_path: Path) -> None:
    settings = replace(TINY["cartoongan"], rate=0.9, content_weight=1e38)
    with pytest.raises(UnseenError, match=r"the loss \w+ is (nan|inf) at step \d+; begin again .* lower --rate"):
        trained(photos, prints, tmp_path / "run", settings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "cyclgan"}, "unknown method 'cyclgan'; did you mean 'cyclegan'"),
        ({"iterations": 0}, "iterations is 0: give at least 1"),
        ({"crop": 30}, "crop is 30: give at least 32"),
        ({"crop": 66}, "crop is 66: give a multiple of 4"),
        ({"initial": 13}, "initial is 13: give 0 to 12"),
        ({"rate": 0.0}, "rate is 0: give a number between 0 and 1"),
        ({"content_weight": float("nan")}, "content_weight is nan: give a number above 0"),
        ({"discriminator_filters": 0}, "discriminator_filters is 0: give at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UnseenError, match=said):
        replace(TINY["cyclegan"], **changes)


def test_a_gpu_that_is_not_there_is_said(photos: Path, prints: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UnseenError, match="cuda: torch finds no such device on this machine; use cpu"):
        trained(photos, prints, tmp_path / "run", TINY["cyclegan"], device="cuda")
    assert not (tmp_path / "run").exists()
