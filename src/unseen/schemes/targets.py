"""The answer on the original, and random target classes outside its top k (Algorithm 1, lines 1-2)."""

import torch

from unseen.ascent import default_lanes
from unseen.randomness import generator_for
from unseen.types import Classifier, Flags, Images, Labels, Logits


def original_logits(images: Images, classifier: Classifier, lanes: int | None) -> Logits:
    """The classifier's answer to the originals, computed at the batch shape of the ascent."""
    size = lanes or default_lanes(images)
    answers = []
    with torch.no_grad():
        for batch in images.split(size):
            padding = batch[-1:].expand(size - len(batch), *batch.shape[1:])
            answers.append(classifier(torch.cat([batch, padding]))[: len(batch)])
    return torch.cat(answers)


def reference_labels(logits: Logits, references: Labels | None) -> Labels:
    """The given classes, or each network's own top-1; (B,) or (B, M)."""
    return logits.argmax(-1) if references is None else references


def candidate_targets(
    images: Images, logits: Logits, references: Labels, *, top_k: int, count: int, seed: int
) -> Labels:
    """`count` different random classes a photo, (B, count), none a reference or in any network's top k.

    Raises:
        ValueError: so few classes lie outside the top k that not even one can be drawn.
    """
    classes = logits.shape[-1]
    top = logits.topk(min(top_k, classes), -1).indices.flatten(1).cpu()
    taken = torch.cat([top, references.reshape(len(images), -1).cpu()], 1)
    drawn = []
    for image, forbidden in zip(images, taken, strict=True):
        order = torch.randperm(classes, generator=generator_for(image, seed))
        free = order[~torch.isin(order, forbidden)]
        if len(free) == 0:
            raise ValueError(f"none of the {classes} classes lies outside the top {top_k}: give a smaller top_k")
        drawn.append(free.repeat(-(-count // len(free)))[:count])
    return torch.stack(drawn).to(images.device)


def hidden(logits: Logits, references: Labels) -> Flags:
    """Whether no network answers with the reference; (B,)."""
    answers = logits.argmax(-1).reshape(len(logits), -1)
    return (answers != references.reshape(len(logits), -1)).all(1)
