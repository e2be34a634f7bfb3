"""Several networks as one classifier, and what keeps one of them from drowning the others."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from unseen.errors import ModelError
from unseen.objective import NO_CLASS
from unseen.types import Classifier, Images, Logits


class Ensemble(nn.Module):
    """Networks side by side, as a rule with the same classes: images (B, C, H, W) -> logits (B, M, K) in float32.

    Args:
        members: the networks.
        precision: torch.bfloat16 to let a GPU compute in it where that is safe (autocast); None leaves float32.
        mixed: whether their classes may differ: K is then the longest list's, and what a network lacks is `NO_CLASS`.

    Raises:
        ModelError: no network, or networks that do not answer in the same classes.
    """

    def __init__(
        self, members: Sequence[Classifier], *, precision: torch.dtype | None = None, mixed: bool = False
    ) -> None:
        super().__init__()
        if not members:
            raise ModelError("an ensemble needs at least one network; name one with --model")
        for member in members[1:]:
            if not mixed and tuple(member.class_names) != tuple(members[0].class_names):
                raise ModelError(
                    f"the networks answer in different classes ({len(members[0].class_names)} of one, "
                    f"{len(member.class_names)} of another); protect against networks that share their classes"
                )
        self.members = tuple(members)
        self.precision = precision
        self.class_names = max((tuple(member.class_names) for member in members), key=len)

    def forward(self, images: Images) -> Logits:
        with torch.autocast(images.device.type, self.precision or torch.bfloat16, enabled=self.precision is not None):
            return torch.stack([padded(member(images).float(), len(self.class_names)) for member in self.members], 1)


def padded(logits: Logits, count: int) -> Logits:
    """Answers in `count` classes, of a network that may have fewer: those that it lacks get `NO_CLASS`."""
    return pad(logits, (0, count - logits.shape[-1]), value=NO_CLASS)


def balanced(images: Images) -> Images:
    """The pictures themselves; what comes back through them is scaled to a mean absolute value of 1 a photo.

    Put before each of several networks or views, it gives each the same say in the sum of their gradients, however
    certain of its answer it is.
    """
    pictures: Images = _Balanced.apply(images)  # type: ignore[no-untyped-call]
    return pictures


class _Balanced(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor) -> Tensor:
        return images.view_as(images)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (gradient,) = gradients
        return gradient / gradient.abs().mean((1, 2, 3), keepdim=True).clamp_min(1e-20)
