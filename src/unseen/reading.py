"""What networks read in a picture, as the rows of a report."""

import torch
from torch import Tensor

from unseen.metrics import ice, icp
from unseen.models import Network
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
    names = network.class_names
    if label.isdigit():
        return int(label) if int(label) < len(names) else None
    for known in (names, network.spec.synsets or ()):
        for index, name in enumerate(known):
            if name.casefold() == label.casefold():
                return index
    return None
