"""Profiles: groups of classes that tell together what one class tells alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import torch
from torch import Tensor

from unseen.errors import UnseenError
from unseen.naming import nearest
from unseen.types import Flags, Logits


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is to be hidden.

    Attributes:
        name: as people write it.
        meaning: in plain words, with the source.
        file: the names of its classes, one a line, beside this module.
    """

    name: str
    meaning: str
    file: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of its classes, as the networks that know them spell them."""
        return _lines(self.file)


PROFILES: Mapping[str, Profile] = {
    "places-60": Profile(
        name="places-60",
        meaning="60 privacy-sensitive scenes of Places365, from the MediaEval Pixel Privacy task of 2018",
        file="places-60.txt",
    ),
}
"""Profiles by name."""


def profile_named(name: str) -> Profile:
    """One of `PROFILES`.

    Raises:
        UnseenError: no such profile.
    """
    if name not in PROFILES:
        raise UnseenError(f"unknown profile {name!r}; {nearest(name, PROFILES)}")
    return PROFILES[name]


def class_group(profile: Profile, class_names: Sequence[str]) -> Tensor:
    """The classes of a network that belong to a profile: indices in rising order, (n,).

    Raises:
        UnseenError: the network knows none of them, or only some: then what it says is not about the profile.
    """
    known = {name.casefold(): index for index, name in enumerate(class_names)}
    unknown = [name for name in profile.classes if name.casefold() not in known]
    if unknown:
        some = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
        problem = f"the network lacks {len(unknown)} of its {len(profile.classes)} classes ({some})"
        raise UnseenError(f"profile {profile.name}: {problem}; give one that knows them, such as places:resnet50")
    return torch.tensor(sorted(known[name.casefold()] for name in profile.classes))


def group_icp(logits: Logits, group: Tensor) -> Tensor:
    """The probability that a network gives to a group of classes together.

    Args:
        logits: (B, K), or (B, M, K) from M networks.
        group: (n,) different class indices.

    Returns:
        (B,) or (B, M) in [0, 1]: 0 is private, 1 fully exposed.

    Source: paper A, equation 1, summed over the group.
    """
    return logits.float().softmax(dim=-1)[..., group.to(logits.device)].sum(dim=-1)


REVEALED = 0.1
"""The total probability of a group from which on an answer tells of it."""


def reveals(logits: Tensor, group: Tensor) -> bool:
    """Whether one answer (K,) tells of a group (n,): a class of it is first, or all together have `REVEALED`."""
    if not len(group):
        return False
    return bool(in_group(logits.argmax(-1), group)) or group_icp(logits[None], group).item() >= REVEALED


def in_group(labels: Tensor, group: Tensor) -> Flags:
    """Whether each label is one of the group's; of any shape."""
    return torch.isin(labels, group.to(labels.device))


@cache
def _lines(file: str) -> tuple[str, ...]:
    return tuple(files("unseen.profiles").joinpath(file).read_text(encoding="utf-8").split())
