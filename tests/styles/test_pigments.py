import pytest
import torch

from unseen.styles.pigments import inked, oklab, srgb


@pytest.mark.parametrize(
    ("colour", "expected"),
    [  # from Ottosson's table of CSS colours
        ((1.0, 1.0, 1.0), (1.0, 0.0, 0.0)),
        ((1.0, 0.0, 0.0), (0.628, 0.225, 0.126)),
        ((0.0, 1.0, 0.0), (0.866, -0.234, 0.179)),
        ((0.0, 0.0, 1.0), (0.452, -0.032, -0.312)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    ],
)
def test_oklab_is_what_its_author_printed(colour: tuple[float, ...], expected: tuple[float, ...]) -> None:
    found = oklab(torch.tensor(colour)[:, None, None])[:, 0, 0]
    torch.testing.assert_close(found, torch.tensor(expected), atol=1e-3, rtol=0)


def test_there_and_back() -> None:
    picture = torch.rand(3, 20, 30, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(srgb(oklab(picture)), picture, atol=1e-3, rtol=0)


def test_loud_colours_become_muted_and_pigments_stay() -> None:
    loud = oklab(torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])[:, None])
    assert (inked(loud)[1:].norm(dim=0) < 0.75 * loud[1:].norm(dim=0)).all()
    vermilion = oklab(torch.tensor([176.0, 60.0, 46.0])[:, None, None] / 255)
    torch.testing.assert_close(inked(vermilion), vermilion, atol=0.02, rtol=0)
