"""A network as the rest of the project sees it: one callable on images of any size."""

from collections.abc import Iterable, Sequence
from itertools import chain

import torch
from torch import Tensor, nn

from unseen.models.preprocessing import Preprocessing, Unprepared
from unseen.models.spec import ModelSpec
from unseen.types import Logits
from unseen.watch import require_wanted


class Network(nn.Module):
    """A classifier with its preprocessing inside.

    Attributes:
        spec: where it comes from.
        preprocessing: images -> what `body` reads.
        body: normalised images (B, 3, h, w) -> logits (B, K).
    """

    def __init__(self, *, spec: ModelSpec, body: nn.Module, preprocessing: Preprocessing | Unprepared) -> None:
        super().__init__()
        self.spec = spec
        self.body = body
        self.preprocessing = preprocessing

    @property
    def name(self) -> str:
        """The name it was loaded by."""
        return self.spec.name

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name a class, in the order of the logits."""
        return self.spec.class_names

    @property
    def device(self) -> torch.device:
        """Where its weights are; the CPU for a network without any."""
        return next(chain(self.body.parameters(), self.body.buffers()), torch.empty(0)).device

    @property
    def crops(self) -> bool:
        """Whether parts of a photo, its borders or its long ends, are never seen."""
        return self.preprocessing.crops

    def forward(self, images: Tensor) -> Logits:
        """Logits (B, K) of images (B, 1 or 3, H, W), any H and W.

        Args:
            images: float in [0, 1], differentiable; or uint8, resized in 8 bit as a crawler does.

        Raises:
            GivenUpError: nobody waits for the answer, of those that `while_wanted` knows.
        """
        require_wanted()
        prepared = self.preprocessing(images).to(self.device)
        return self.body(prepared.contiguous(memory_format=torch.channels_last))

    def whole(self) -> "Network":
        """The same network looking at the whole photo, squashed to its input size, instead of a centre crop."""
        return Network(spec=self.spec, body=self.body, preprocessing=self.preprocessing.whole()).eval()


def held_out_from(
    surrogates: Sequence[Network], candidates: Iterable[Network]
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The candidates that had no part in what is made against the surrogates, and one line on each of the others.

    A network whose weights are those of a surrogate is one, by whatever name and with whatever preprocessing.
    """
    names = {network.name for network in surrogates}
    weights = {network.spec.sha256 for network in surrogates} - {None}
    held_out, notes = [], []
    for network in candidates:
        if network.name in names:
            notes.append(f"{network.name} is not held out: the protection was made against it")
        elif network.spec.sha256 in weights:
            notes.append(f"{network.name} is not held out: the protection was made against a network with its weights")
        else:
            held_out.append(network)
    return tuple(held_out), tuple(notes)
