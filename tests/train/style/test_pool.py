import torch

from unseen.train.style.drawing import drawn_for
from unseen.train.style.pool import Pool


def numbered(start: int, count: int) -> torch.Tensor:
    """Pictures that tell which they are."""
    return torch.arange(start, start + count).float()[:, None, None, None].expand(-1, 3, 2, 2)


def test_until_it_is_full_a_pool_gives_back_what_it_gets() -> None:
    pool = Pool()
    assert torch.equal(pool.exchanged(numbered(0, 50), drawn_for(0, "pool")), numbered(0, 50))
    assert torch.equal(pool.pictures, numbered(0, 50))


def test_then_half_of_the_time_a_random_earlier_one_takes_its_place() -> None:
    pool = Pool(size=10)
    pool.exchanged(numbered(0, 10), drawn_for(0, "pool", 0))
    given, kept = 0, list(range(10))
    for number in range(10, 1010):
        out = int(pool.exchanged(numbered(number, 1), drawn_for(0, "pool", number))[0, 0, 0, 0])
        if out == number:
            given += 1
        else:
            kept[kept.index(out)] = number  # what comes out was in it, and leaves it
        assert sorted(kept) == sorted(pool.pictures[:, 0, 0, 0].int().tolist())
    assert 440 < given < 560


def test_random_choices_depend_on_seed_and_purpose_alone() -> None:
    def first(*of: object) -> float:
        return torch.rand((), generator=drawn_for(*of)).item()

    assert first(0, "crop", 17) == first(0, "crop", 17)
    assert len({first(0, "crop", 17), first(1, "crop", 17), first(0, "crop", 18), first(0, "pool", 17)}) == 4
