import numpy as np
import torch

from unseen.grid import quantise
from unseen.randomness import fingerprint, generator_for


def drawn(image: torch.Tensor, seed: int) -> list[int]:
    return torch.randperm(1000, generator=generator_for(image, seed))[:20].tolist()


def photo(number: int) -> torch.Tensor:
    return quantise(torch.rand(3, 8, 9, generator=torch.Generator().manual_seed(number)))


def test_seed_and_content_decide() -> None:
    assert drawn(photo(0), 0) == drawn(photo(0).clone(), 0)
    assert drawn(photo(0), 0) != drawn(photo(0), 1)
    assert drawn(photo(0), 0) != drawn(photo(1), 0)


def test_one_level_in_one_pixel_is_another_photo() -> None:
    changed = photo(0)
    changed[2, 7, 8] += 1 / 255 if changed[2, 7, 8] < 0.5 else -1 / 255
    assert drawn(changed, 0) != drawn(photo(0), 0)


def test_nothing_else_matters() -> None:
    batch = torch.stack([photo(0), photo(1)]).to(memory_format=torch.channels_last)
    expected = drawn(photo(1), 5)
    torch.manual_seed(99)
    assert drawn(batch[1], 5) == expected
    assert drawn(batch[1].double() + 1e-6, 5) == expected
    assert drawn(photo(1), np.int64(5)) == expected  # type: ignore[arg-type]
    assert drawn(photo(1).requires_grad_(), 5) == expected


def test_the_global_generator_is_not_used() -> None:
    torch.manual_seed(3)
    state = torch.get_rng_state()
    drawn(photo(0), 0)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_same_bytes_in_another_shape_are_another_photo() -> None:
    flat = torch.zeros(3, 4, 4)
    assert drawn(flat, 0) != drawn(flat.reshape(3, 2, 8), 0)


def test_seeds_do_not_collide() -> None:
    starts = {generator_for(photo(0), seed).initial_seed() for seed in range(-500, 500)}
    assert len(starts) == 1000


def test_a_fingerprint_tells_photos_apart_by_their_content_alone() -> None:
    assert fingerprint(photo(0)) == fingerprint(photo(0).clone())
    assert fingerprint(photo(0)) != fingerprint(photo(1))
