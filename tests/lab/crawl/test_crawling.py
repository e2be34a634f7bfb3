from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from unseen.lab.crawl import crawling
from unseen.lab.crawl.crawling import Crawled, crawl, threats_for
from unseen.lab.crawl.sharing import Shared
from unseen.models import load_classifier
from unseen.photo import read_photo
from unseen.progress import silent
from unseen.protect import Protection
from unseen.reading import answer
from unseen.threats import AS_POSTED, Platform

SMALL = Platform(long_edge=32, quality=40)


@pytest.fixture
def crawled(protection: Protection, tmp_path: Path):
    """Crawl what is shared in tmp_path/lab."""

    def done(
        photos: tuple[Shared, ...], by: Protection = protection, platform: Platform = SMALL
    ) -> tuple[Crawled, ...]:
        return crawl(photos, threats_for(by, platform), platform, tmp_path / "lab", silent)

    return done


def test_every_network_reads_the_file_and_what_the_platform_serves(protection: Protection) -> None:
    first, second = protection.networks
    threats = threats_for(protection, SMALL)
    told = [(threat.network, threat.role, threat.preset.name, threat.preset.handling) for threat in threats]
    assert told == [
        (first, "surrogate", "file", AS_POSTED),
        (second, "held-out", "file", AS_POSTED),
        (first, "surrogate", "platform", SMALL),
        (second, "held-out", "platform", SMALL),
    ]


def test_a_platform_that_does_nothing_is_no_way_of_its_own(protection: Protection) -> None:
    assert [threat.preset.name for threat in threats_for(protection, Platform())] == ["file", "file"]


def test_what_is_noted_is_what_networks_read_in_the_files(draw, shared, crawled, protection) -> None:
    photos = shared(draw("a.png"), draw("b.jpg", seed=1, size=(90, 60)))
    for photo, found in zip(photos, crawled(photos), strict=True):
        assert found.photo == photo
        assert len(found.rows) == 4 * 2
        rows = {(row.network, row.preset, row.version): row for row in found.rows}
        pixels = {"original": photo.job.source, "protected": photo.job.target}
        for threat, (version, path) in product(threats_for(protection, SMALL), pixels.items()):
            network, raw = threat.network, read_photo(photo.job.source).srgb
            reference = int(answer(network, raw).argmax())
            shares = answer(network, threat.preset.handling(read_photo(path).srgb)).softmax(0)
            row = rows[network.name, threat.preset.name, version]
            assert row.icp == pytest.approx(shares[reference].item(), abs=1e-6)
            assert row.top1 == bool(shares.argmax() == reference)
            assert row.answer == network.class_names[shares.argmax()]
            assert (row.reference, row.photo) == (network.class_names[reference], str(photo.job.source))


def test_what_is_noted_is_not_read_again(draw, shared, crawled, monkeypatch) -> None:
    photos = shared(draw("a.png"), draw("b.png", seed=1))
    first = crawled(photos)
    assert crawled(photos, platform=AS_POSTED) != first
    with monkeypatch.context() as patch:
        patch.setattr(crawling, "audit", None)
        assert crawled(photos) == first


def test_a_crawl_that_is_cut_resumes(draw, shared, crawled, monkeypatch) -> None:
    photos = shared(*(draw(f"{seed}.png", seed=seed) for seed in range(3)))
    read: list[str] = []

    def cut(name: str, *arguments):
        if len(read) == 2:
            raise KeyboardInterrupt
        read.append(Path(name).name)
        return audit(name, *arguments)

    audit = crawling.audit
    monkeypatch.setattr(crawling, "audit", cut)
    with pytest.raises(KeyboardInterrupt):
        crawled(photos)
    assert read == ["0.png", "1.png"]
    read.clear()
    resumed = crawled(photos)
    assert read == ["2.png"]
    monkeypatch.undo()
    assert [found.rows[0].photo for found in resumed] == [str(photo.job.source) for photo in photos]
    assert all(len(found.rows) == 4 * 2 for found in resumed)


def test_another_copy_is_read_again(draw, shared, crawled, protection) -> None:
    source = draw("a.png")
    first = crawled(shared(source))
    other = crawled(shared(source, by=replace(protection, seed=1)))
    for version, is_same in (("original", True), ("protected", False)):
        read = [[row.icp for row in found.rows if row.version == version] for found in (first[0], other[0])]
        assert (read[0] == read[1]) is is_same


def test_a_photo_that_has_gone_is_told_and_the_others_go_on(draw, shared, crawled, tmp_path: Path) -> None:
    photos = shared(draw("a.png"), tmp_path / "none.png", draw("b.png", seed=1))
    photos[0].job.source.unlink()
    first, second, third = crawled(photos)
    assert (first.photo.status, first.rows) == ("failed", ())
    assert first.photo.error == f"{tmp_path / 'a.png'}: does not exist; check its name"
    assert (second.photo, second.rows) == (photos[1], ())
    assert third.rows


def test_what_no_platform_takes_fails_its_photo(draw, shared, crawled) -> None:
    (found,) = crawled(shared(draw("a.png", size=(66_000, 1))), platform=Platform(quality=75))
    assert found.photo.status == "failed"
    assert found.photo.error.endswith("is more than the 65500 of JPEG; give the platform a long edge")


def test_notes_name_photos_as_they_are_named_now(draw, shared, crawled, tmp_path: Path) -> None:
    source = draw("a.png")
    crawled(shared(source))
    (found,) = crawled(shared(source.rename(draw("moved/b.png").with_name("a.png"))))
    assert {row.photo for row in found.rows} == {str(tmp_path / "moved/a.png")}


def test_notes_hold_for_other_networks_only_apart(draw, shared, crawled, protection, tiny: str) -> None:
    photos = shared(draw("a.png"))
    first = crawled(photos)
    fewer = crawled(photos, by=replace(protection, held_out=()))
    assert fewer[0].rows == tuple(row for row in first[0].rows if "seed=1" not in row.network)


def test_a_network_that_answers_nonsense_leaves_gaps(draw, shared, crawled, protection) -> None:
    broken = load_classifier(protection.surrogates[0].name)
    broken.body.weights = torch.full_like(broken.body.weights, np.nan)
    broken.spec = replace(broken.spec, name="broken")
    (found,) = crawled(shared(draw("a.png")), by=replace(protection, held_out=(broken,)), platform=AS_POSTED)
    assert {row.network: row.icp is None and row.answer is None for row in found.rows} == {
        protection.surrogates[0].name: False,
        "broken": True,
    }
