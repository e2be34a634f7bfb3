import numpy as np
import pytest
import torch
from torch import Tensor

from unseen.shaping import SHAPINGS, Shaping, adam, chain, clipped, momentum, ramp, shaping_named, sign, unit


def gradients(count: int, lanes: int = 3, scale: float = 1e-3) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [scale * torch.randn(lanes, 3, 4, 5, generator=generator) for _ in range(count)]


def run(shaping: Shaping, given: list[Tensor]) -> list[Tensor]:
    state = shaping.initial(given[0])
    shaped = []
    for gradient in given:
        direction, state = shaping.update(gradient, state)
        shaped.append(direction)
    return shaped


def test_sign_takes_the_whole_step_everywhere() -> None:
    (direction,) = run(sign(), [torch.tensor([[[[-1e-9, 0.0, 5.0]]]])])
    assert direction.tolist() == [[[[-1.0, 0.0, 1.0]]]]


def test_unit_has_length_one_for_every_photo() -> None:
    (gradient,) = gradients(1)
    gradient *= torch.tensor([1.0, 1e-6, 1e6])[:, None, None, None]
    (direction,) = run(unit(), [gradient])
    for found, given in zip(direction.double().numpy(), gradient.double().numpy(), strict=True):
        np.testing.assert_allclose(found, given / np.linalg.norm(given), rtol=1e-5)


@pytest.mark.parametrize("shaping", [unit(), momentum(0.5), adam(), sign(), *SHAPINGS.values()])
def test_no_gradient_makes_no_direction(shaping: Shaping) -> None:
    (direction,) = run(shaping, [torch.zeros(2, 3, 4, 5)])
    assert torch.equal(direction, torch.zeros(2, 3, 4, 5))


@pytest.mark.parametrize("decay", [0.0, 0.5, 1.0])
def test_momentum_is_its_recursion(decay: float) -> None:
    given = gradients(4)
    accumulated = np.zeros(given[0].shape)
    for found, gradient in zip(run(momentum(decay), given), given, strict=True):
        value = gradient.double().numpy()
        accumulated = decay * accumulated + value / np.abs(value).mean((1, 2, 3), keepdims=True)
        np.testing.assert_allclose(found, accumulated, rtol=1e-4, atol=1e-6)


def test_ramp_grows_and_is_cut() -> None:
    gradient = torch.tensor([[[[-1.0, 0.1, 0.0, 3.0]]]])
    for time, found in enumerate(run(ramp(first=0.5, growth=1.5, largest=2.0), [gradient] * 8)):
        expected = np.clip(0.5 * 1.5**time * gradient.numpy(), -2, 2)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_ramp_stays_finite_in_long_ascents() -> None:
    shaping = ramp(growth=1.1)
    gradient = torch.tensor([1.0, -1e-3, 0.0])[None, :, None, None].expand(1, 3, 2, 2)
    direction, _ = shaping.update(gradient, tuple(torch.full_like(tensor, 1e6) for tensor in shaping.initial(gradient)))
    assert direction.isfinite().all()


def test_a_chain_is_one_after_the_other_with_the_state_of_each() -> None:
    given = gradients(5)
    ramped = run(ramp(), run(momentum(0.7), given))
    torch.testing.assert_close(run(chain(momentum(0.7), ramp()), given), ramped)
    torch.testing.assert_close(run(chain(momentum(0.7), ramp(), unit()), given), run(unit(), ramped))
    nested = chain(sign(), chain(momentum(0.7), ramp()), momentum(0.2))
    flat = run(momentum(0.2), run(ramp(), run(momentum(0.7), run(sign(), given))))
    torch.testing.assert_close(run(nested, given), flat)


def test_an_update_leaves_gradient_and_state_alone() -> None:
    for shaping in SHAPINGS.values():
        first, second = gradients(2)
        _, state = shaping.update(first, shaping.initial(first))
        kept = second.clone(), [tensor.clone() for tensor in state]
        shaping.update(second, state)
        assert torch.equal(second, kept[0])
        assert all(torch.equal(tensor, copy) for tensor, copy in zip(state, kept[1], strict=True))


@pytest.mark.parametrize("name", SHAPINGS)
def test_a_lane_set_to_zero_starts_anew(name: str) -> None:
    shaping = SHAPINGS[name]
    given = gradients(6)
    state = shaping.initial(given[0])
    assert all(len(tensor) == 3 for tensor in state)
    for gradient in given[:3]:
        _, state = shaping.update(gradient, state)
    for tensor in state:
        tensor[1] = 0
    directions = []
    for gradient in given[3:]:
        direction, state = shaping.update(gradient, state)
        directions.append(direction)
    fresh, old = run(shaping, given[3:]), run(shaping, given)[3:]
    for found, anew, going_on in zip(directions, fresh, old, strict=True):
        assert torch.equal(found[1], anew[1])
        assert torch.equal(found[::2], going_on[::2])


def test_lanes_do_not_touch_each_other() -> None:
    given = gradients(4)
    for shaping in (*SHAPINGS.values(), unit()):
        alone = run(shaping, [gradient[1:2] for gradient in given])
        together = run(shaping, given)
        torch.testing.assert_close([direction[1:2] for direction in together], alone)


def test_names() -> None:
    assert shaping_named("sign") is SHAPINGS["sign"]
    with pytest.raises(ValueError, match=r"shaping is 'singn': choose one of .*sign"):
        shaping_named("singn")


def test_adam_steps_as_torch_does() -> None:
    given = gradients(6, scale=1.0)
    parameter = torch.zeros_like(given[0]).requires_grad_()
    optimizer = torch.optim.Adam([parameter], lr=0.1, maximize=True)
    position = torch.zeros_like(given[0])
    for direction, gradient in zip(run(adam(), given), given, strict=True):
        parameter.grad = gradient
        optimizer.step()
        position += 0.1 * direction
        torch.testing.assert_close(position, parameter.detach())


def test_clipped_takes_whole_steps_only_where_the_gradient_is_large() -> None:
    gradient = torch.tensor([-4.0, -1.0, 0.0, 1.0]).reshape(1, 1, 2, 2)  # mean absolute value 1.5
    direction, _ = clipped(1.0).update(torch.cat([gradient, 1e-9 * gradient]), ())
    expected = torch.tensor([-1.0, -2 / 3, 0.0, 2 / 3]).reshape(1, 1, 2, 2)
    assert torch.allclose(direction, expected.expand(2, -1, -1, -1))
    assert torch.equal(clipped(2.0).update(gradient, ())[0], gradient.sign())
    assert torch.equal(clipped(1.0).update(torch.zeros(1, 3, 2, 2), ())[0], torch.zeros(1, 3, 2, 2))
