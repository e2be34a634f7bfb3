from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unseen.audit import METRICS, audit_pairs
from unseen.audit.noise import sign_noise
from unseen.photo import read_photo
from unseen.reading import answer
from unseen.threats import PRESETS, presets_named

FILE = presets_named(["file"])


def numbers(rows):
    return {(row.network, row.preset, row.version): row for row in rows}


def test_rows_are_what_networks_read_in_the_files(pair, readers) -> None:
    one = pair()
    (done,) = audit_pairs([one], readers, presets_named(["file", "jpeg-50"]), seed=3)
    assert done.problems == ()
    rows = numbers(done.rows)
    assert len(rows) == len(done.rows) == 3 * 2 * 3
    original, copy = read_photo(one.original).srgb, read_photo(one.copies[0]).srgb
    versions = {"original": original, "protected": copy, "noise": sign_noise(original, copy, seed=3)}
    for network, role in readers.roles.items():
        reference = int(answer(network, original).argmax())
        for (version, pixels), preset in zip(versions.items(), ("file", "jpeg-50", "file"), strict=True):
            shares = answer(network, PRESETS[preset].handling(pixels)).softmax(0)
            row = rows[network.name, preset, version]
            assert row.icp == pytest.approx(shares[reference].item(), abs=1e-6)
            assert (row.top1, row.role) == (bool(shares.argmax() == reference), role)
            assert (row.photo, row.reference) == (str(one.original), network.class_names[reference])


def test_a_label_is_the_reference_of_all(pair, readers) -> None:
    (done,) = audit_pairs([pair(label="thing 7")], readers, FILE)
    assert {row.reference for row in done.rows} == {"thing 7"}


def test_a_bad_pair_is_told_in_one_line_and_the_others_go_on(pair, readers, tmp_path: Path) -> None:
    pairs = [pair(seed) for seed in range(4)]
    pairs[0].original.unlink()
    pairs[1].copies[0].write_bytes(b"no photo")
    pairs[2] = replace(pairs[2], label="thing 99")
    done = list(audit_pairs(pairs, readers, FILE))
    assert [len(one.rows) > 0 for one in done] == [False, False, False, True]
    problems = [problem for one in done for problem in one.problems]
    assert problems[0] == f"{pairs[0].original}: does not exist; check its name"
    assert problems[1].startswith(str(pairs[1].copies[0]))
    assert problems[2].startswith(f"{pairs[2].original}: label 'thing 99' is no class of")
    assert len(problems) == 3
    assert not any("\n" in problem for problem in problems)


def test_a_network_that_gives_way_costs_its_photo_only(pair, readers, monkeypatch) -> None:
    monkeypatch.setattr("unseen.threats.threat.answer", lambda *_: 1 / 0)
    (done,) = audit_pairs([pair()], readers, FILE)
    assert done.problems == (
        f"{done.pair.original}: unexpected ZeroDivisionError (division by zero); please report it",
    )


def test_a_copy_of_another_size_is_read_without_noise_and_that_is_told(pair, readers) -> None:
    one = pair()
    Image.open(one.copies[0]).resize((32, 24)).save(one.copies[0])
    (done,) = audit_pairs([one], readers, FILE)
    assert {row.version for row in done.rows} == {"original", "protected"}
    sizes = "it and its copy have different sizes (64x48 and 32x24); read without noise beside"
    assert done.problems == (f"{one.original}: {sizes}",)


def test_a_grey_photo_may_come_back_in_colours(draw, pair, readers) -> None:
    one = pair()
    draw("album/0.png", mode="L")
    (done,) = audit_pairs([one], readers, FILE)
    assert (len(done.rows), done.problems) == (9, ())


def test_several_copies_are_averaged_where_there_are_several(pair, readers) -> None:
    presets = presets_named(["file", "copies"])
    single, double = audit_pairs([pair(0), pair(1, copies=2)], readers, presets)
    assert {row.preset for row in single.rows} == {"file"}
    assert {row.preset for row in double.rows} == {"file", "copies"}
    network = next(iter(readers.roles))
    pixels = [read_photo(copy).srgb for copy in double.pair.copies]
    mean = np.round(sum(copy.astype(float) for copy in pixels) / 2 + 0.001).astype(np.uint8)
    row = numbers(double.rows)[network.name, "copies", "protected"]
    reference = network.class_names.index(row.reference)
    assert row.icp == pytest.approx(answer(network, mean).softmax(0)[reference].item(), abs=1e-5)
    original = numbers(double.rows)
    for metric in METRICS:
        assert getattr(original[network.name, "copies", "original"], metric) == getattr(
            original[network.name, "file", "original"], metric
        )


def test_copies_of_different_sizes_are_not_averaged_and_that_is_told(pair, readers) -> None:
    one = pair(copies=2)
    Image.open(one.copies[1]).resize((32, 24)).save(one.copies[1])
    (done,) = audit_pairs([one], readers, presets_named(["file", "copies"]))
    assert {row.preset for row in done.rows} == {"file"}
    assert done.problems == (f"{one.original}: its copies have different sizes, so their mean is not tried",)


def test_pairs_are_read_one_at_a_time(pair, readers) -> None:
    asked: list[int] = []

    def pairs():
        for seed in range(3):
            asked.append(seed)
            yield pair(seed)

    found = audit_pairs(pairs(), readers, FILE)
    next(found)
    assert asked == [0]
