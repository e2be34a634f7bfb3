import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pytest_httpserver import HTTPServer
from safetensors.torch import save_file

from unseen.errors import ModelError, UnseenError
from unseen.styles import STYLES, Style, style_named
from unseen.styles import named as named_module
from unseen.styles.loading import ARCHITECTURES
from unseen.styles.named import check_style

from .pictures import scene, small_cartoon, small_cycle


@pytest.fixture
def cartoon(tmp_path: Path) -> Path:
    path = tmp_path / "cartoon.safetensors"
    save_file(dict(small_cartoon().state_dict()), path)
    return path


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    path = tmp_path / "cycle.pth"
    torch.save(small_cycle().state_dict(), path)
    return path


def test_every_style_has_what_its_name_promises() -> None:
    for style in STYLES.values():
        assert style.architecture in {*ARCHITECTURES, None}
        assert style.about
        assert (style.url is None) == (style.licence == "not stated")
    assert {name for name, style in STYLES.items() if style.url} == {"hayao", "ukiyoe"}


def test_a_file_of_the_users_own(cartoon: Path, cycle: Path) -> None:
    style = style_named(f"style:hayao?weights={cartoon}")
    assert style.spec.source == str(cartoon)
    assert style.spec.sha256 == hashlib.sha256(cartoon.read_bytes()).hexdigest()
    assert style.spec.licence == "not stated"
    assert (style.strength, style.keep_colour) == (1, False)
    photo = scene(40, 52)
    assert not np.array_equal(style(photo), photo)
    assert np.array_equal(style_named(f"cartoongan?weights={cartoon}")(photo), style(photo))
    assert not np.array_equal(style_named(f"cyclegan?weights={cycle}")(photo), style(photo))


def test_settings_come_from_the_name_or_the_caller(cycle: Path) -> None:
    style = style_named(f"ukiyoe?weights={cycle}&strength=0.25&keep-colour=True&edge=512")
    assert (style.strength, style.keep_colour, style.edge) == (0.25, True, 512)
    style = style_named(f"ukiyoe?weights={cycle}&strength=0.25&keep_colour=false", {"strength": 0.5})
    assert (style.strength, style.keep_colour, style.edge) == (0.5, False, 1024)
    assert np.array_equal(style_named(f"ukiyoe?weights={cycle}&strength=0")(scene(8, 8)), scene(8, 8))


def test_published_weights_are_downloaded_once(
    httpserver: HTTPServer, cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_ordered_request("/style_ukiyoe.pth").respond_with_data(cycle.read_bytes())
    monkeypatch.setenv("UNSEEN_CACHE", str(tmp_path / "cache"))
    here = replace(STYLES["ukiyoe"], url=httpserver.url_for("/style_ukiyoe.pth"))
    monkeypatch.setattr(named_module, "STYLES", {"ukiyoe": here})
    first, second = style_named("style:ukiyoe"), style_named("style:ukiyoe")
    assert first.spec == second.spec
    assert first.spec.source == here.url
    assert first.spec.sha256 == hashlib.sha256(cycle.read_bytes()).hexdigest()
    assert first.spec.licence == STYLES["ukiyoe"].licence
    assert len(httpserver.log) == 1


def test_downloaded_weights_must_have_the_recorded_sha256(
    httpserver: HTTPServer, cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/net.pth").respond_with_data(cycle.read_bytes())
    monkeypatch.setenv("UNSEEN_CACHE", str(tmp_path / "cache"))
    other = replace(STYLES["ukiyoe"], url=httpserver.url_for("/net.pth"), sha256="0" * 64)
    monkeypatch.setattr(named_module, "STYLES", {"ukiyoe": other})
    with pytest.raises(ModelError, match=r"where 0{64} was expected"):
        style_named("style:ukiyoe")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("style:hayoa", "unknown style 'hayoa'; did you mean 'hayao'"),
        ("style:cyclegan", r"has no weights of its own; give style:cyclegan\?weights=FILE"),
        ("woodblock?weights=none.pth", "style 'woodblock' has no network and takes no weights; leave out weights="),
        ("woodblock?edge=512", "style 'woodblock' has no setting 'edge'"),
        ("woodblock?tones=1", "style 'woodblock': tones is 1: give at least 2"),
        ("woodblock?tones=six", "tones is 'six'; give a whole number of tones"),
        ("woodblock?strength=2", "style 'woodblock': strength is 2: give a number from 0 to 1"),
        ("hayao?weights=none.pth&tones=4", "style 'hayao' has no setting 'tones'"),
        ("hayao?weights=", "weights= names nothing"),
        ("hayao?weights=none.pth", r"none\.pth: there is no such weights file"),
        ("hayao?weights=none.pth&strenth=1", "no setting 'strenth'; did you mean 'strength'"),
        ("hayao?weights=none.pth&size=224", "no setting 'size'"),
        ("hayao?weights=none.pth&strength=much", "strength is 'much'; give a number from 0 to 1"),
        ("hayao?weights=none.pth&strength=True", "strength is True; give a number"),
        ("hayao?weights=none.pth&keep_colour=maybe", "keep_colour is 'maybe'; give true or false"),
        ("hayao?weights=none.pth&keep_colour=1", "keep_colour is 1; give true or false"),
        ("hayao?weights=none.pth&edge=1e3", r"edge is 1000\.0; give a whole number of pixels"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(text: str, said: str) -> None:
    with pytest.raises(UnseenError, match=said) as told:
        style_named(text)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_out_of_range_is_refused(strength: float, cycle: Path) -> None:
    with pytest.raises(UnseenError, match=r"^style 'ukiyoe': strength is .*: give a number from 0 to 1"):
        style_named(f"ukiyoe?weights={cycle}", {"strength": strength})


def test_an_edge_too_small_to_paint_on_is_refused(cycle: Path) -> None:
    for edge in (8, -1):
        with pytest.raises(
            UnseenError, match=f"^style 'ukiyoe': edge is {edge}: give at least 64, or 0 for the photo's"
        ):
            style_named(f"ukiyoe?weights={cycle}&edge={edge}")


def test_the_edge_is_where_the_style_is_painted(cycle: Path) -> None:
    photo = scene(200, 300)
    small, whole, own = (style_named(f"ukiyoe?weights={cycle}&edge={edge}")(photo) for edge in (80, 300, 0))
    assert np.array_equal(whole, own)
    assert small.shape == photo.shape
    assert not np.array_equal(small, own)


def test_a_large_photo_is_painted_at_the_size_of_a_screen_unless_told_otherwise(cycle: Path) -> None:
    photo = scene(60, 1100)
    usual, screen, own = (style_named(f"ukiyoe?weights={cycle}{edge}")(photo) for edge in ("", "&edge=1024", "&edge=0"))
    assert np.array_equal(usual, screen)
    assert not np.array_equal(usual, own)


def test_a_check_refuses_the_same_and_reads_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named_module, "load_generator", None)
    monkeypatch.setattr(named_module, "fetch", None)
    here = tmp_path / "style.pth"
    here.write_bytes(b"no weights at all")
    for text in (f"style:hayao?weights={here}&strength=0.5", "style:hayao", "style:hayao?weights=https://host/h.pth"):
        check_style(text)
    for text, said in [
        ("style:hayoa", "did you mean 'hayao'"),
        ("style:cyclegan", "has no weights of its own"),
        (f"hayao?weights={tmp_path}/none.pth", "there is no such weights file"),
        (f"hayao?weights={here}&sha256={'0' * 64}", "its SHA-256 is"),
        (f"hayao?weights={here}&strength=2", "strength is 2"),
    ]:
        with pytest.raises(UnseenError, match=said):
            check_style(text)


def test_weights_of_another_architecture_are_told_by_their_keys(cycle: Path) -> None:
    with pytest.raises(ModelError, match=r"not weights of a cartoongan generator: 94 missing .*model\.1\.bias"):
        style_named(f"style:hayao?weights={cycle}")


def test_another_sha256_is_refused(cycle: Path) -> None:
    with pytest.raises(ModelError, match="its SHA-256 is"):
        style_named(f"ukiyoe?weights={cycle}&sha256={'0' * 64}")


def test_a_style_shows_its_settings_and_not_its_weights(cycle: Path) -> None:
    style = style_named(f"ukiyoe?weights={cycle}")
    assert isinstance(style, Style)
    assert "Conv2d" not in repr(style)
