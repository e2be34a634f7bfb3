"""What networks read in a picture, as the rows of a report."""

import torch
from torch import Tensor

from unseen.errors import UnseenError
from unseen.metrics import ice, icp
from unseen.models import Network
from unseen.models.class_names import class_named
from unseen.naming import nearest
from unseen.photo.photo import Pixels
from unseen.report.layout import Answer, Reading


def answer(network: Network, pixels: Pixels) -> Tensor:
    """The network's logits (K,) on a picture (H, W, C) uint8 in sRGB, resized in 8 bit as a crawler does."""
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    with torch.no_grad():
        return network(image.to(network.device))[0].float().cpu()


def reading(logits: Tensor, reference: int, class_names: tuple[str, ...]) -> Reading:
    """The numbers of one answer (K,)."""
    probabilities, classes = logits.softmax(0).topk(min(5, len(logits)))
    best = zip(classes.tolist(), probabilities.tolist(), strict=True)
    return Reading(
        icp=icp(logits[None], torch.tensor([reference])).item(),
        ice=ice(logits[None]).item(),
        top5=tuple(Answer(label=class_names[index], probability=probability) for index, probability in best),
    )


def class_index(label: str, network: Network) -> int | None:
    """The class that a user's label means to a network: an index, a synset or a name; None where it knows none."""
    return class_named(label, network.class_names, network.spec.synsets)


def known_class(label: str, network: Network) -> int:
    """The same, for a network that has to know it.

    Raises:
        UnseenError: no class of the network; the nearest one is told.
    """
    index = class_index(label, network)
    if index is None:
        names = network.class_names
        remedy = f"give 0 to {len(names) - 1}" if label.isdecimal() else nearest(label, names)
        raise UnseenError(f"label {label!r} is no class of {network.name}; {remedy}")
    return index


def reference_of(label: str | None, own: Network, network: Network, logits: Tensor) -> int:
    """The class a photo is judged by: the given one where the network has it, else the network's own answer.

    Args:
        label: in the words of `own`; None where nothing is given.
        logits: the network's answer (K,) on the original.

    Raises:
        UnseenError: `own` does not know the label.
    """
    index = None if label is None else same_class(known_class(label, own), own, network)
    return int(logits.argmax()) if index is None else index


def same_class(index: int, network: Network, other: Network) -> int | None:
    """Another network's class of the same name as this one's; None where it has none."""
    if network.class_names == other.class_names:
        return index
    return class_index(network.class_names[index], other)
