import numpy as np
import pytest
from scipy.special import softmax

from unseen.lab.imagenet.bench import paper_replacement, pictures
from unseen.lab.imagenet.carry import carry_numbers, carry_section
from unseen.lab.imagenet.pictures import answers


def test_every_noise_on_every_photo(samples, bench, read) -> None:
    asked = bench()
    found = carry_numbers(asked, samples)
    images, labels = pictures(asked, samples)
    original = images.mul(255).round().int()
    released = paper_replacement(asked.extent)(images, asked.network, references=labels).images.mul(255).round().int()
    before = answers(asked.network, images).argmax(1).numpy()
    shares = np.empty((5, 5, 12))
    for noise in range(5):
        for photo in range(5):
            laid = original[photo] + released[noise] - original[noise]
            shares[noise, photo] = softmax(read(laid[None]).numpy())
    first, own = shares.argmax(2), np.eye(5, dtype=bool)
    icp = shares[:, range(5), labels.numpy()]
    np.testing.assert_allclose(found["icp"], icp, rtol=1e-3, atol=1e-6)
    for name, pairs in (("own", own), ("others", ~own)):
        assert found[name]["icp"] == pytest.approx(icp[pairs].mean(), rel=1e-3)
        assert found[name]["changed"] == pytest.approx((first != before)[pairs].mean())
        assert found[name]["hidden"] == pytest.approx((first != labels.numpy())[pairs].mean())
    assert found["none"]["changed"] == 0
    assert found["none"]["hidden"] == pytest.approx(0.2)  # one of the five is labelled wrongly
    assert found["own"]["icp"] < found["none"]["icp"]
    assert found["shuffled"]["changed"] < found["own"]["changed"]


def test_two_photos_are_told_and_remembered(samples, bench) -> None:
    asked = bench()
    found = carry_numbers(asked, samples[:2])
    assert carry_numbers(asked, samples[:2]) == found
    section = carry_section(found)
    assert section.tables[0].rows[0][:2] == ("no noise", "0\N{NO-BREAK SPACE}%")
    assert section.figures[0].png.startswith(b"\x89PNG")
