from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.special import softmax
from skimage.data import chelsea, coffee

import unseen
from unseen.errors import UnseenError
from unseen.photo import read_photo
from unseen.plan import Job
from unseen.profiles import Secret, classes_meant
from unseen.protect import Protection, load_networks, protect_photos
from unseen.reading import answer
from unseen.report import PhotoRow
from unseen.schemes import Away, Chain, ClassReplacement, Crop
from unseen.threats import presets_named


def hiding(protection: Protection, *names: str, **changes: object) -> Protection:
    secrets = tuple(Secret(name=name, source="test") for name in names)
    return replace(protection, **{"scheme": Away(epsilon=8 / 255), "hide": secrets} | changes)


def shares(network, path: str | Path) -> np.ndarray:
    return softmax(answer(network, read_photo(Path(path)).srgb).double().numpy())


def best(network, path: Path) -> list[str]:
    """The names of the network's classes, the most probable first."""
    return [network.class_names[index] for index in shares(network, path).argsort()[::-1]]


def test_a_group_is_gone_from_the_written_file(draw, protect, protection) -> None:
    source = draw("a.png")
    (surrogate, judge) = protection.networks
    names = best(surrogate, source)[:3]
    (row,) = protect(source, by=hiding(protection, *names))
    assert (row.status, row.achieved) == ("protected", True)
    group = [surrogate.class_names.index(name) for name in names]
    for model, network in zip(row.models, (surrogate, judge), strict=True):
        found = model.hidden
        for told, path in ((found.before, source), (found.after, row.output)):
            assert told == pytest.approx(shares(network, path)[group].sum(), abs=1e-5)
        assert [(one.name, one.classes) for one in found.groups] == [(name, 1) for name in names]
        assert sum(one.before for one in found.groups) == pytest.approx(found.before, abs=1e-6)
    after = shares(surrogate, row.output)
    assert after.argmax() not in group
    assert after[group].sum() < 0.01
    assert (row.models[0].hidden.revealed_before, row.models[0].hidden.revealed_after) == (True, False)
    change = np.asarray(Image.open(row.output)).astype(int) - np.asarray(Image.open(source))
    assert 0 < np.abs(change).max() <= 8


def test_a_photo_that_reveals_none_is_left_untouched(draw, protect, protection) -> None:
    source = draw("a.png")
    surrogate = protection.surrogates[0]
    name = best(surrogate, source)[-1]
    (row,) = protect(source, by=hiding(protection, name, held_out=()))
    assert (row.status, row.output, row.change, row.error, row.iterations) == ("untouched", None, None, None, 0)
    assert list(source.parent.iterdir()) == [source]
    (model,) = row.models
    assert model.hidden.before == model.hidden.after == pytest.approx(shares(surrogate, source).min(), abs=1e-6)
    assert not model.hidden.revealed_before
    assert model.before == model.after
    assert row.notes == ()


def test_what_else_is_to_be_known_of_an_untouched_photo(draw, protect, protection) -> None:
    """A network that judges sees it, and the original keeps its metadata."""
    exif = Image.Exif()
    exif[0x010F] = "maker"
    source = draw("a.jpg", exif=exif)
    surrogate, judge = protection.networks
    unseen_by_one = [name for name in best(judge, source) if shares(surrogate, source)[int(name.split()[1])] < 0.05]
    (row,) = protect(source, by=hiding(protection, unseen_by_one[0]))
    assert (row.status, row.models[1].hidden.revealed_before) == ("untouched", True)
    assert row.notes[0].startswith("no copy was written, and the original still holds ")
    assert [judge.name in note for note in row.notes] == [False, True]
    assert shares(judge, source)[int(unseen_by_one[0].split()[1])] >= 0.1


def test_untouched_and_protected_photos_keep_their_order(draw, protect, protection) -> None:
    sources = [draw(f"{seed}.png", seed=seed) for seed in range(6)]
    surrogate = protection.surrogates[0]
    name = best(surrogate, sources[2])[0]
    rows = protect(*sources, by=hiding(protection, name))
    index = surrogate.class_names.index(name)
    seen = [
        bool(found.argmax() == index or found[index] >= 0.1) for found in (shares(surrogate, one) for one in sources)
    ]
    assert [row.input for row in rows] == [str(source) for source in sources]
    assert [row.status for row in rows] == ["protected" if one else "untouched" for one in seen]
    assert 0 < sum(seen) < 6


def test_the_reference_is_the_likeliest_of_the_group_where_the_answer_is_another(draw, protect, protection) -> None:
    source = draw("a.png")
    first, second, third = best(protection.surrogates[0], source)[:3]
    loose = load_networks([f"{protection.surrogates[0].name}?gain=1"])  # so unsure that the second has 10 %
    (row,) = protect(source, by=hiding(protection, third, second, surrogates=loose, held_out=()))
    assert row.status == "protected"
    assert (row.models[0].before.top5[0].label, row.models[0].reference) == (first, second)
    (row,) = protect(source, by=hiding(protection, second, first, surrogates=loose), output=source.parent / "more")
    assert row.models[0].reference == first


def test_a_given_label_of_the_group_counts_as_revealed(draw, protection, tmp_path: Path) -> None:
    source = draw("a.png")
    last = best(protection.surrogates[0], source)[-1]
    by = hiding(protection, last)
    (plain,) = protect_photos([Job(source=source, target=tmp_path / "b.png")], by)
    (labelled,) = protect_photos([Job(source=source, target=tmp_path / "b.png", label=last)], by)
    assert (plain.row.status, labelled.row.status) == ("untouched", "protected")
    assert labelled.row.models[0].reference == last


def test_a_group_that_cannot_be_hidden_is_said(draw, protect, protection, tiny) -> None:
    source, stubborn = draw("a.png"), load_networks([f"{tiny}?gain=400"])
    names = best(stubborn[0], source)[:6]
    weak = Away(epsilon=1 / 255, max_iterations=2)
    (row,) = protect(source, by=hiding(protection, *names, scheme=weak, surrogates=stubborn))
    assert (row.status, row.achieved) == ("not_achieved", False)
    assert row.models[0].hidden.revealed_after
    assert Path(row.output).is_file()


def test_networks_of_different_classes_each_look_up_their_own(draw, protect, protection, tiny) -> None:
    """The second knows only classes 0 to 4; what it does not know it is not judged by."""
    networks = load_networks([tiny, f"{tiny}?classes=5&seed=2"])
    source = draw("a.png")
    first, second = best(networks[0], source)[0], best(networks[1], source)[0]
    (row,) = protect(source, by=hiding(protection, first, second, surrogates=networks))
    assert row.status == "protected"
    group = [networks[0].class_names.index(name) for name in dict.fromkeys((first, second))]
    assert shares(networks[0], row.output)[group].sum() < 0.01
    assert shares(networks[1], row.output)[networks[1].class_names.index(second)] < 0.01
    only = "thing 11"
    job = Job(source=source, target=source.parent / "c.png", label=only)
    (outcome,) = protect_photos([job], hiding(protection, only, surrogates=networks))
    assert outcome.row.models[1].hidden is None


@pytest.mark.parametrize(
    "scheme", [ClassReplacement(), Chain(schemes=(Away(), Away()))], ids=lambda one: type(one).__name__
)
def test_a_scheme_that_cannot_hide_groups_is_refused(scheme, protection) -> None:
    with pytest.raises(
        UnseenError, match=r"cannot push down a whole group of classes.*; give shield or away, alone or after"
    ):
        hiding(protection, "thing 1", scheme=scheme)


def test_a_picture_may_come_before(draw, protect, protection) -> None:
    source = draw("a.png")
    name = best(protection.surrogates[0], source)[0]
    (row,) = protect(source, by=hiding(protection, name, pictures=(Crop(),)))
    assert row.status == "protected"
    assert read_photo(Path(row.output)).pixels.size < read_photo(source).pixels.size


def test_names_are_checked_before_any_photo(protection, tiny) -> None:
    with pytest.raises(UnseenError, match=r"^test: no network here knows 'thing 77' .*did you mean 'thing 7'"):
        hiding(protection, "thing 7", "thing 77")
    with pytest.raises(UnseenError, match="only networks that judge know 'thing 14'"):
        hiding(protection, "thing 14", held_out=load_networks([f"{tiny}?classes=20"]))


def test_not_all_that_a_network_knows_can_be_hidden(draw, protect, protection) -> None:
    with pytest.raises(UnseenError, match="every class that it knows is to be hidden; name fewer"):
        protect(draw("a.png"), by=hiding(protection, *(f"thing {index}" for index in range(12))))


def test_an_embedded_network_sees_no_cat_any_more(tmp_path: Path) -> None:
    """Real photos, from Python: of a cat, no class of cats is left; a cup of coffee is not touched."""
    photos = {"cat.jpg": chelsea(), "coffee.png": coffee()}
    for name, pixels in photos.items():
        Image.fromarray(pixels).resize((224, 160)).save(tmp_path / name, quality=92)
    network = unseen.load_classifier("lite0")
    rows: dict[str, PhotoRow] = {
        name: unseen.protect_file(
            tmp_path / name, output=tmp_path / "out", models=[network], audit_models=[], hide="cat"
        )
        for name in photos
    }
    assert {name: row.status for name, row in rows.items()} == {"cat.jpg": "protected", "coffee.png": "untouched"}
    cats = list(classes_meant("cat", network.class_names, network.spec.synsets))
    assert set(range(281, 294)) == set(cats)
    before, after = (shares(network, path) for path in (tmp_path / "cat.jpg", rows["cat.jpg"].output))
    assert before[cats].sum() > 0.5
    assert before[cats].max() < before[cats].sum() - 0.02  # several classes of cats share the answer
    assert after[cats].sum() < 0.01
    assert torch.tensor(after).argmax().item() not in cats
    assert rows["cat.jpg"].models[0].hidden.after == pytest.approx(after[cats].sum(), abs=1e-5)


def test_only_networks_that_know_it_read_the_copy_as_it_is_shared(draw, protection, tiny, tmp_path: Path) -> None:
    source = draw("a.png")
    judges = load_networks([f"{tiny}?seed=1", f"{tiny}?classes=5"])
    assert best(protection.surrogates[0], source)[0] not in judges[1].class_names
    by = hiding(protection, best(protection.surrogates[0], source)[0], held_out=judges)
    jobs = [Job(source=source, target=tmp_path / "b.png")]
    (outcome,) = protect_photos(jobs, by, presets=presets_named(["file"]))
    assert {row.network for row in outcome.row.audit} == {judges[0].name}
