import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

import unseen
from unseen.errors import UnseenError
from unseen.models import Network
from unseen.plan import Job
from unseen.protect import Protection, load_networks, making, protect_photos
from unseen.reading import answer
from unseen.report import PhotoRow
from unseen.schemes import Away, ClassReplacement, GradientSign, Uniform


def opened(path: str | Path) -> Image.Image:
    """From memory, so that no file stays open."""
    return Image.open(io.BytesIO(Path(path).read_bytes()))


def pixels_of(path: str | Path) -> np.ndarray:
    return np.asarray(opened(path)).astype(int)


def copies(rows: list[PhotoRow]) -> dict[str, bytes]:
    return {Path(row.output).name: Path(row.output).read_bytes() for row in rows if row.output}


@pytest.mark.parametrize(
    "scheme",
    [
        ClassReplacement(epsilon=8 / 255),
        Away(epsilon=8 / 255),
        Uniform(epsilon=8 / 255),
        GradientSign(epsilon=8 / 255),
        unseen.ClassIndistinguishability(epsilon=8 / 255),
    ],
    ids=lambda scheme: type(scheme).__name__,
)
def test_what_is_told_is_what_the_written_file_gives(draw, protect, protection, scheme) -> None:
    source = draw("a.png")
    by = replace(protection, scheme=scheme)
    (row,) = protect(source, by=by)
    assert (row.input, row.status, row.error) == (str(source), "protected", None)
    before, after = pixels_of(source), pixels_of(row.output)
    change = np.abs(after - before)
    assert 0 < change.max() <= 8
    assert row.change.max_abs_levels == change.max()
    assert row.change.mean_abs_levels == pytest.approx(change.mean(), rel=1e-4)
    for model, network in zip(row.models, by.networks, strict=True):
        logits = answer(network, after.astype(np.uint8))
        reference = network.class_names.index(model.reference)
        assert model.before.top5[0].label == model.reference
        assert model.after.icp == pytest.approx(logits.softmax(0)[reference].item(), abs=1e-6)
    assert [model.role for model in row.models] == ["surrogate", "held-out"]
    assert row.models[0].after.top5[0].label != row.models[0].reference


def test_the_target_is_named_with_its_probability(draw, protect, protection) -> None:
    (row,) = protect(draw("a.png"))
    best = row.models[0].after.top5[0]
    assert (row.target, row.target_probability) == (best.label, pytest.approx(best.probability))
    (row,) = protect(draw("b.png"), by=replace(protection, scheme=Uniform(epsilon=8 / 255)))
    assert (row.target, row.target_probability) == (None, None)


def test_what_fails_is_a_row_and_the_others_go_on_in_order(draw, protect, tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(draw("whole.jpg").read_bytes()[:300])
    rows = protect(draw("a.png"), tmp_path / "none.png", torn, draw("b.png", seed=1))
    assert [row.status for row in rows] == ["protected", "failed", "failed", "protected"]
    assert rows[1].error == f"{tmp_path / 'none.png'}: does not exist; check its name"
    assert rows[2].error.startswith(f"{torn}: ")
    assert all(row.output is None and row.change is None for row in rows[1:3])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png"]


def test_neighbours_order_and_reading_ahead_change_no_byte(draw, protect, tmp_path: Path, monkeypatch) -> None:
    sources = [draw(f"{seed}.png", seed=seed) for seed in range(5)]
    sources += [draw("grey.png", mode="L"), draw("tall.jpg", size=(40, 70)), draw("large.jpg", size=(600, 400))]
    together = copies(protect(*sources, output=tmp_path / "together"))
    assert len(together) == 8
    assert copies(protect(*reversed(sources), output=tmp_path / "reversed")) == together
    monkeypatch.setattr(making, "CHUNK_PHOTOS", 3)
    assert copies(protect(*sources, output=tmp_path / "chunks")) == together
    monkeypatch.setattr(making, "CHUNK_BYTES", 1)
    pair = copies(protect(sources[4], sources[7], output=tmp_path / "pair"))
    assert pair == {name: together[name] for name in ("4.png", "large.jpg")}


def test_another_seed_is_another_copy(draw, protect, protection, tmp_path: Path) -> None:
    source = draw("a.png")
    first = protect(source, output=tmp_path / "first")
    second = protect(source, output=tmp_path / "second", by=replace(protection, seed=1))
    assert copies(first) != copies(second)


def test_a_name_is_never_given_twice(draw, protect, tmp_path: Path) -> None:
    first, second, third = draw("one/a.png"), draw("two/a.png", seed=1), draw("b.png", seed=2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.png").write_bytes(b"mine")
    (tmp_path / "out" / "c.png").symlink_to("nowhere")
    rows = protect(first, second, third, draw("c.png", seed=3))
    assert [row.status for row in rows] == ["protected", "failed", "failed", "failed"]
    assert "has the name of another photo's copy; protect the two in runs of their own" in rows[1].error
    assert "exists already; move it away or choose another -o" in rows[2].error
    assert (tmp_path / "out" / "b.png").read_bytes() == b"mine"


def test_a_folder_that_cannot_be_made_is_told_before_any_work(draw, protect, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (row,) = protect(draw("a.png"), output=tmp_path / "file" / "deep")
    assert row.error.endswith(f"cannot be written: {tmp_path / 'file'} is a file; choose another -o")
    assert row.iterations is None


def test_a_folder_that_may_not_be_changed_is_told_before_any_work(draw, protect, monkeypatch) -> None:
    source = draw("a.png")
    monkeypatch.setattr("os.access", lambda *_: False)
    (row,) = protect(source)
    assert row.error.endswith("may not be changed; choose another -o")


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (700, 2), (3, 3)])
def test_any_shape_gets_a_copy_of_its_own_size(size, draw, protect) -> None:
    (row,) = protect(draw("a.png", size=size))
    assert row.status in ("protected", "not_achieved")
    assert opened(row.output).size == size


def test_a_large_photo_changes_within_the_limit_up_to_its_borders(draw, protect) -> None:
    source = draw("a.png", size=(1300, 900))
    (row,) = protect(source)
    change = np.abs(pixels_of(row.output) - pixels_of(source))
    assert row.status == "protected"
    assert change.max() <= 8
    assert all(change[edge].mean() > 0.2 for edge in (np.s_[:20], np.s_[-20:], np.s_[:, :20], np.s_[:, -20:]))


def test_grey_stays_grey_and_is_compared_where_a_format_has_no_grey(draw, protect, protection) -> None:
    source = draw("a.png", mode="L")
    (row,) = protect(source)
    assert opened(row.output).mode == "L"
    jobs = [Job(source=source, target=source.with_name("b.png"))]
    (outcome,) = protect_photos(jobs, replace(protection, format="webp"), previews=1)
    before, after = pixels_of(source)[..., None], pixels_of(outcome.row.output)
    assert after.shape == (48, 64, 3)
    assert outcome.row.change.max_abs_levels == np.abs(after - before).max()
    assert outcome.row.change.mean_abs_levels == pytest.approx(np.abs(after - before).mean(), rel=1e-4)
    assert 25 < outcome.row.change.psnr < 60
    assert outcome.preview.noise is not None


def test_transparency_stays_as_it_is(draw, protect, protection, tmp_path: Path) -> None:
    picture = opened(draw("a.png"))
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(tmp_path / "clear.png")
    for form in ("png", "webp"):
        (row,) = protect(tmp_path / "clear.png", by=replace(protection, format=form))
        assert row.status == "protected"
        np.testing.assert_array_equal(pixels_of(row.output)[..., 3], pixels_of(tmp_path / "clear.png")[..., 3])
        assert row.change.psnr > 30
    (row,) = protect(tmp_path / "clear.png", by=replace(protection, format="jpeg"))
    assert row.error.endswith("has transparent parts, which JPEG cannot hold; choose --format png or webp")


def test_a_colour_profile_stays_and_is_respected(draw, protect, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert profile.tobytes() != wide.tobytes()
    source = draw("a.png", icc_profile=wide.tobytes())
    (row,) = protect(source)
    assert row.status == "protected"
    assert opened(row.output).info["icc_profile"] == wide.tobytes()


def test_a_goal_out_of_reach_is_said_and_the_best_copy_stays(draw, protect, protection, tiny) -> None:
    stubborn = load_networks([f"{tiny}?gain=400"])
    by = replace(protection, scheme=Away(epsilon=1 / 255, max_iterations=2), surrogates=stubborn)
    (row,) = protect(draw("a.png"), by=by)
    assert (row.status, row.error) == ("not_achieved", None)
    assert row.models[0].after.top5[0].label == row.models[0].reference
    assert Path(row.output).is_file()


def test_a_given_label_is_the_reference_of_every_network_that_has_it(draw, protection, tiny, tmp_path: Path) -> None:
    by = replace(protection, held_out=load_networks([f"{tiny}?seed=1", f"{tiny}?classes=4"]))
    jobs = [Job(source=draw("a.png"), target=tmp_path / "b.png", label="Thing 7")]
    (outcome,) = protect_photos(jobs, by)
    references = [model.reference for model in outcome.row.models]
    assert references[:2] == ["thing 7", "thing 7"]
    other = outcome.row.models[2]
    assert other.reference == other.before.top5[0].label


def test_a_label_that_no_surrogate_knows_fails_its_photo(draw, protection, tmp_path: Path) -> None:
    jobs = [Job(source=draw("a.png"), target=tmp_path / "b.png", label="thing 70")]
    (outcome,) = protect_photos(jobs, protection)
    assert "label 'thing 70' is no class of" in outcome.row.error
    assert outcome.row.error.endswith("did you mean 'thing 7'?")


def test_arithmetic_that_fails_fails_its_photos_only(draw, protect, protection, tiny) -> None:
    failing = load_networks([tiny.replace(":network", ":failing")])
    rows = protect(
        draw("wide.png", size=(64, 48)), draw("tall.png", size=(48, 64)), by=replace(protection, surrogates=failing)
    )
    assert [row.status for row in rows] == ["failed", "protected"]
    assert "unexpected RuntimeError (out of memory); please report it, the photo is untouched" in rows[0].error


def test_a_setting_that_does_not_fit_the_network_is_refused(draw, protect, protection) -> None:
    with pytest.raises(UnseenError, match="toward is 50: the network knows 12 classes"):
        protect(draw("a.png"), by=replace(protection, scheme=GradientSign(epsilon=8 / 255, toward=50)))


def test_networks_of_different_classes_are_refused(draw, protect, protection, tiny) -> None:
    with pytest.raises(UnseenError, match="the networks answer in different classes"):
        protect(draw("a.png"), by=replace(protection, surrogates=load_networks([tiny, f"{tiny}?classes=5"])))


def test_thumbnails_are_made_for_as_many_as_asked(draw, protection, tmp_path: Path) -> None:
    jobs = [Job(source=draw(f"{seed}.png", seed=seed), target=tmp_path / "out" / f"{seed}.png") for seed in range(3)]
    outcomes = list(protect_photos(jobs, protection, previews=2))
    assert [outcome.preview is not None for outcome in outcomes] == [True, True, False]


def test_protect_file_writes_beside_or_into_a_folder(draw, tiny, tmp_path: Path) -> None:
    source = draw("a.jpg", exif=Image.Exif(), quality=95)
    row = unseen.protect_file(source, models=[tiny], audit_models=[])
    assert row.output == str(tmp_path / "a-unseen.jpg")
    network = unseen.load_classifier(tiny)
    again = unseen.protect_file(str(source), output=str(tmp_path / "out"), models=[network], audit_models=[])
    assert copies([again])["a.jpg"] == copies([row])["a-unseen.jpg"]
    assert again.models[0].before == row.models[0].before


def test_protect_file_counts_no_surrogate_in_disguise_as_held_out(draw, twins: tuple[Network, Network]) -> None:
    surrogate, twin = twins
    row = unseen.protect_file(draw("a.png"), models=[surrogate], audit_models=[twin])
    assert [(model.name, model.role) for model in row.models] == [("one", "surrogate")]
    assert "two is not held out: the protection was made against a network with its weights" in row.notes


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"models": []}, "nothing to protect against"),
        ({"format": "gif"}, "'gif' is not a format"),
        ({"quality": 0}, "quality 0 is out of range"),
        ({"keep": "gps"}, "'gps' cannot be kept"),
        ({"keep": ["gps"]}, "'gps' cannot be kept"),
        ({"label": "thing 99"}, "label 'thing 99' is no class"),
    ],
)
def test_protect_file_refuses_what_cannot_be_meant(wrong, problem, draw, tiny, tmp_path: Path) -> None:
    with pytest.raises(UnseenError, match=problem):
        unseen.protect_file(draw("a.png"), **{"models": [tiny], "audit_models": []} | wrong)
    assert not (tmp_path / "a-unseen.png").exists()


def test_protect_file_tells_of_a_photo_that_is_none(tiny, tmp_path: Path) -> None:
    row = unseen.protect_file(tmp_path, models=[tiny], audit_models=[])
    assert (row.status, row.error) == ("failed", f"{tmp_path}: is a folder; give a photo in it")


def test_a_photo_alone_is_computed_in_one_lane(draw, tiny, protection: Protection) -> None:
    shapes = []
    network = unseen.load_classifier(tiny)
    network.body.register_forward_pre_hook(lambda _, inputs: shapes.append(tuple(inputs[0].shape)))
    unseen.protect_file(draw("a.png"), models=[network], audit_models=[])
    assert {shape[0] for shape in shapes} == {1}
    assert torch.is_grad_enabled()
