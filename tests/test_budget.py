import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from unseen.budget import L2, Linf, Masked

EVERY_LEVEL = (torch.arange(256) / 255).reshape(1, 1, 16, 16)


def levels(images: Tensor) -> np.ndarray:
    """Whole levels of values that must be k/255."""
    exact = images.double().numpy() * 255
    assert np.abs(exact - np.rint(exact)).max() < 1e-4
    return np.rint(exact).astype(int)


def some_delta(scale: float, seed: int = 0) -> Tensor:
    return scale * torch.randn(EVERY_LEVEL.shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("epsilon", [0.001, 2.55 / 255, 8 / 255, 0.5, 1.0])
def test_linf_is_the_nearest_point_of_an_interval(epsilon: float) -> None:
    images, delta = EVERY_LEVEL.double().numpy(), some_delta(0.1).double().numpy()
    nearest = np.clip(delta, np.maximum(-epsilon, -images), np.minimum(epsilon, 1 - images))
    np.testing.assert_allclose(Linf(epsilon).project(some_delta(0.1), EVERY_LEVEL).numpy(), nearest, atol=1e-6)


@pytest.mark.parametrize("epsilon", [0.9 / 255, 1 / 255, 2.55 / 255, 8 / 255, 16 / 255, 1.0])
def test_linf_on_the_grid_is_the_nearest_allowed_level(epsilon: float) -> None:
    delta = some_delta(0.03)
    found = levels(EVERY_LEVEL + Linf(epsilon).project_on_grid(delta, EVERY_LEVEL)).ravel()
    wanted = (EVERY_LEVEL + delta).double().numpy().ravel() * 255
    for original, (wish, level) in enumerate(zip(wanted, found, strict=True)):
        allowed = [k for k in range(256) if abs(k - original) <= epsilon * 255 + 1e-9]
        assert level == min(allowed, key=lambda k: abs(k - wish))


@pytest.mark.parametrize("count", range(1, 33))
def test_a_limit_of_whole_levels_loses_none_to_floating_point(count: int) -> None:
    far = torch.ones_like(EVERY_LEVEL)
    original = np.arange(256)
    for epsilon in (count / 255, count * (1 / 255), float(np.float32(count) / np.float32(255)), round(count / 255, 7)):
        for sign in (1, -1):
            changed = levels(EVERY_LEVEL + Linf(epsilon).project_on_grid(sign * far, EVERY_LEVEL)).ravel()
            assert np.array_equal(changed, np.clip(original + sign * count, 0, 255))


@pytest.mark.parametrize(("in_levels", "allowed"), [(0.5, 0), (1.999, 1), (2.55, 2), (2.999, 2), (3.0, 3)])
def test_a_limit_between_levels_is_rounded_down(in_levels: float, allowed: int) -> None:
    changed = Linf(in_levels / 255).project_on_grid(torch.ones_like(EVERY_LEVEL), EVERY_LEVEL)
    assert levels(changed).max() == allowed


def test_sizes_are_norms() -> None:
    delta = torch.stack([some_delta(0.1)[0], some_delta(0.2, seed=1)[0]])
    each = [photo.double().numpy().ravel() for photo in delta]
    np.testing.assert_allclose(Linf(0.1).size(delta).numpy(), [np.linalg.norm(photo, np.inf) for photo in each])
    np.testing.assert_allclose(L2(0.1).size(delta).numpy(), [np.linalg.norm(photo) for photo in each], rtol=1e-6)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 100.0])
def test_l2_shrinks_towards_zero_and_stays_in_the_range(epsilon: float) -> None:
    images, delta = EVERY_LEVEL.double().numpy(), some_delta(0.2).double().numpy()
    shrunk = delta * min(1, epsilon / np.sqrt((delta**2).sum()))
    expected = np.clip(images + shrunk, 0, 1) - images
    np.testing.assert_allclose(L2(epsilon).project(some_delta(0.2), EVERY_LEVEL).numpy(), expected, atol=1e-6)


def test_l2_is_each_photo_s_own() -> None:
    delta = torch.cat([some_delta(0.001), some_delta(0.3)])
    projected = L2(0.5).project(delta, EVERY_LEVEL.expand(2, -1, -1, -1))
    assert torch.allclose(projected[0], (EVERY_LEVEL + delta[0]).clamp(0, 1)[0] - EVERY_LEVEL[0], atol=1e-6)
    assert L2(0.5).size(projected)[1] <= 0.5 + 1e-6


@settings(deadline=None, max_examples=200)
@given(st.floats(0.1, 60), st.floats(0.01, 40), st.integers(0, 2**31), st.sampled_from(["normal", "equal", "sparse"]))
def test_l2_on_the_grid_never_exceeds_the_limit(limit: float, size: float, seed: int, kind: str) -> None:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (2, 3, 5, 4), generator=generator) / 255
    delta = size / 255 * torch.randn(images.shape, generator=generator)
    if kind == "equal":  # all values sit on the same side of a rounding edge
        delta = delta.sign() * size / 255
    if kind == "sparse":
        delta *= torch.rand(images.shape, generator=generator) < 0.1
    budget = L2(limit / 255)
    change = levels(images + budget.project_on_grid(delta, images)) - levels(images)
    assert (np.linalg.norm(change.reshape(2, -1).astype(float), axis=1) <= limit * (1 + 2e-6)).all()
    assert levels(images + budget.project_on_grid(delta, images)).min() >= 0
    assert levels(images + budget.project_on_grid(delta, images)).max() <= 255


@pytest.mark.parametrize("count", range(1, 33))
def test_l2_keeps_a_change_that_fills_the_limit(count: int) -> None:
    images = torch.full((1, 3, 4, 4), 100 / 255)
    delta = torch.zeros_like(images)
    delta[0, 1, 2, 3] = count / 255
    assert levels(L2(count / 255).project_on_grid(delta, images)).sum() == count


@pytest.mark.parametrize("epsilon", [0, -0.1, 1.01, float("nan"), float("inf")])
def test_linf_refuses_a_limit_outside_the_range(epsilon: float) -> None:
    with pytest.raises(ValueError, match=r"epsilon is .*: give a limit above 0 and at most 1"):
        Linf(epsilon)


@pytest.mark.parametrize("epsilon", [0, -1, float("nan")])
def test_l2_refuses_no_limit(epsilon: float) -> None:
    with pytest.raises(ValueError, match="epsilon is"):
        L2(epsilon)


@pytest.mark.parametrize("budget", [Linf(0.2), L2(0.7)])
def test_within_is_the_projection_where_no_image_is_near_black_or_white(budget: Linf | L2) -> None:
    delta, grey = some_delta(0.3), torch.full_like(EVERY_LEVEL, 0.5)
    torch.testing.assert_close(budget.within(delta), budget.project(delta, grey))
    assert budget.size(budget.within(delta)) <= budget.epsilon * (1 + 1e-6)
    black = torch.zeros_like(EVERY_LEVEL)
    assert (budget.project(delta, black) >= 0).all()
    assert (budget.within(delta) < 0).any()


def half_textured(contrast: float = 40 / 255) -> Tensor:
    """Two pictures (2, 3, 40, 80): even grey on the left, a chequered pattern on the right."""
    rows, columns = torch.arange(40)[:, None], torch.arange(80)
    pattern = ((rows + columns) % 2 * 2 - 1) * (columns >= 40) * contrast / 2
    return (0.5 + pattern).expand(2, 3, 40, 80).mul(255).round().div(255)


def test_masked_leaves_the_calm_limit_where_nothing_hides_a_change_and_all_of_it_in_texture() -> None:
    limits = Masked(epsilon=8 / 255, calm=3 / 255, texture=0.5).limits(half_textured()) * 255
    assert torch.allclose(limits[:, [0, 2], :, :30], torch.tensor(3.0))
    assert torch.allclose(limits[:, [0, 2], :, 50:], torch.tensor(8.0))
    assert (limits[:, 1] < limits[:, 0]).all()
    assert (limits.diff(dim=-1)[..., 30:50] >= -1e-4).all()


def test_a_lone_edge_hides_less_than_texture_of_the_same_contrast() -> None:
    edge = (torch.arange(80) >= 40).float().mul(40 / 255).expand(1, 3, 40, 80)
    masked = Masked(epsilon=1.0, calm=1 / 255, texture=0.5)
    assert masked.limits(edge).amax() < masked.limits(half_textured()).amax() / 4


@given(st.floats(1.0, 40.0), st.floats(0.5, 20.0), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_masked_changes_stay_within_their_limits_on_the_grid(epsilon: float, calm: float, seed: int) -> None:
    images = torch.rand(2, 3, 24, 24, generator=torch.Generator().manual_seed(seed)).mul(255).round() / 255
    budget = Masked(epsilon=epsilon / 255, calm=calm / 255, texture=0.5)
    delta = 0.2 * torch.randn(images.shape, generator=torch.Generator().manual_seed(seed + 1))
    allowed = budget.project(delta, images)
    assert (allowed.abs() <= budget.limits(images) + 1e-6).all()
    assert ((images + allowed).clamp(0, 1) - (images + allowed)).abs().max() < 1e-6
    change = levels(images + budget.project_on_grid(delta, images)) - levels(images)
    assert np.abs(change).max() <= epsilon + 1e-3
    assert (np.abs(change) <= np.maximum(1, budget.limits(images).numpy() * 255 + 1e-3)).all()
    assert (levels(images + budget.project_on_grid(delta, images)) >= 0).all()


def test_masked_reads_grey_photos_and_tiny_ones() -> None:
    for shape in ((1, 1, 20, 20), (1, 3, 1, 1), (1, 3, 2, 30)):
        limits = Masked(epsilon=8 / 255, calm=3 / 255, texture=0.5).limits(torch.full(shape, 0.5))
        assert limits.shape == shape
        assert (limits > 0).all()


def test_masked_without_texture_is_the_same_everywhere() -> None:
    limits = Masked(epsilon=8 / 255, calm=5 / 255, texture=0).limits(half_textured())
    assert torch.allclose(limits[:, 0], torch.tensor(5 / 255))


@pytest.mark.parametrize(("name", "value"), [("epsilon", 0.0), ("calm", 0.0), ("texture", -1.0)])
def test_impossible_masks_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Masked(**{"epsilon": 8 / 255, "calm": 3 / 255, "texture": 0.5, name: value})
