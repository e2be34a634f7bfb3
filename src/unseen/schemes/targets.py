"""What a scheme moves away from and towards: the answer on the original, all that means the same, random classes."""

import torch
from torch import Tensor

from unseen.ascent import default_lanes
from unseen.profiles import meanings
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
    """The given classes, or each network's own top-1; (B,) or (B, M).

    Raises:
        ValueError: references that are not one a photo, or one a photo and network, or no class of the networks.
    """
    if references is None:
        return logits.argmax(-1)
    shape, classes = tuple(references.shape), logits.shape[-1]
    if shape not in {tuple(logits.shape[:1]), tuple(logits.shape[:-1])}:
        raise ValueError(f"references have shape {shape}: give one class a photo, {tuple(logits.shape[:1])}")
    if not bool(((references >= 0) & (references < classes)).all()):
        raise ValueError(f"references must be classes of the network, from 0 to {classes - 1}")
    return references.to(logits.device)


def same_meaning(labels: Labels, classifier: Classifier, classes: int) -> Tensor:
    """For labels (B,) of one network, all of its classes that mean the same to people; (B, classes) bool.

    Where nobody knows what its classes mean, each means itself alone.

    Args:
        classes: how many the answers have, more than the network's own where it is one of several.
    """
    known = meanings(classifier.class_names) or range(len(classifier.class_names))
    numbers = {meaning: number for number, meaning in enumerate(dict.fromkeys(known))}
    lacking = [-1] * (classes - len(known))
    meant = torch.tensor([*(numbers[meaning] for meaning in known), *lacking], device=labels.device)
    return meant[labels][:, None] == meant


def candidate_targets(
    images: Images,
    logits: Logits,
    references: Labels,
    *,
    top_k: int,
    draws: int,
    count: int,
    seed: int,
    together: int = 1,
) -> Labels:
    """`count` random classes a photo, (B, count), none a reference or in any network's top k.

    They differ while there are enough, and then come again; any `together` in a row always differ.

    Args:
        draws: random classes that each target is chosen from, as the one the networks find the least unlikely.

    Raises:
        ValueError: fewer than `together` classes can be drawn.
    """
    classes = logits.shape[-1]
    log_probability = torch.log_softmax(logits, -1).reshape(len(images), -1, classes).mean(1).cpu()
    top = logits.topk(min(top_k, classes), -1).indices.flatten(1).cpu()
    taken = torch.cat([top, references.reshape(len(images), -1).cpu()], 1)
    drawn = []
    for image, likelihood, forbidden in zip(images, log_probability, taken, strict=True):
        order = torch.randperm(classes, generator=generator_for(image, seed))
        free = order[~torch.isin(order, forbidden)]
        if len(free) < together:
            raise ValueError(
                f"only {len(free)} of the {classes} classes can be targets, beside the reference and the top {top_k}, "
                f"and {together} must: give a smaller top_k or fewer targets"
            )
        size = max(1, min(draws, len(free) // count))
        best = [group[likelihood[group].argmax()] for group in free.split(size)[:count]]
        drawn.append(torch.stack([best[number % len(best)] for number in range(count)]))
    return torch.stack(drawn).to(images.device)


def hidden(logits: Logits, references: Labels) -> Flags:
    """Whether no network answers with the reference; (B,)."""
    answers = logits.argmax(-1).reshape(len(logits), -1)
    return (answers != references.reshape(len(logits), -1)).all(1)
