"""Photos on the way to a boundary between classes: who reads them, as what, and by how much that leads."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from unseen.schemes.targets import hidden, original_logits, reference_labels
from unseen.types import Classifier, Flags, Images, Labels, Logits, PerPhoto


@dataclass(frozen=True, kw_only=True)
class ReadPhotos:
    """Photos (B, C, H, W) and what reads them as what.

    Attributes:
        logits: on the photos as they are.
        labels: the references, (B,) or (B, M).
        lanes: the batch shape.
    """

    images: Images
    classifier: Classifier
    logits: Logits
    labels: Labels
    lanes: int

    def take(self, index: Tensor) -> "ReadPhotos":
        """Some of them, at the same batch shape."""
        return replace(self, images=self.images[index], logits=self.logits[index], labels=self.labels[index])

    def read(self, pictures: Images) -> tuple[PerPhoto, Flags]:
        """The reference's largest lead in what became of each photo, and whether every network reads something else."""
        if len(pictures) == 0:
            return pictures.new_zeros(0), torch.zeros(0, dtype=torch.bool, device=pictures.device)
        logits = original_logits(pictures, self.classifier, self.lanes)
        return leads(logits, self.labels).amax(1), hidden(logits, self.labels)

    def in_lanes(self, function: Callable[..., Images], *tensors: Tensor) -> Images:
        """The function of the classifier and of tensors with an entry a photo, computed in full batches."""
        results = []
        for index in torch.arange(len(tensors[0]), device=tensors[0].device).split(self.lanes):
            full = torch.cat([index, index[-1:].expand(self.lanes - len(index))])
            results.append(function(self.classifier, *(tensor[full] for tensor in tensors))[: len(index)])
        return torch.cat(results)


def asked(images: Images, classifier: Classifier, references: Labels | None, lanes: int) -> ReadPhotos:
    """The photos with the classifier's answers, which are the references where none are given."""
    logits = original_logits(images, classifier, lanes)
    labels = reference_labels(logits, references)
    return ReadPhotos(images=images, classifier=classifier, logits=logits, labels=labels, lanes=lanes)


def likeliest(logits: Logits, labels: Labels, count: int) -> Labels:
    """The classes (B, M, count) that the networks together find the likeliest, beside each network's own reference."""
    logits, labels = _each(logits, labels)
    together = torch.log_softmax(logits, -1).mean(1, keepdim=True).expand_as(logits)
    return together.scatter(2, labels, -math.inf).topk(min(count, logits.shape[-1] - 1), 2).indices


def gaps(logits: Logits, labels: Labels, classes: Labels) -> Tensor:
    """By how much the reference leads each class (B, k), summed over the networks that answer with the reference.

    Gradients of different networks hardly correlate, so the step onto the sum's boundary comes near to every one's own.
    """
    logits, labels = _each(logits, labels)
    ahead = logits.gather(2, labels) - logits.gather(2, classes)
    return (ahead * (logits.argmax(2, keepdim=True) == labels)).sum(1)


def leads(logits: Logits, labels: Labels) -> Tensor:
    """By how much each network prefers the reference to the best other class; (B, M)."""
    logits, labels = _each(logits, labels)
    return logits.gather(2, labels).squeeze(2) - logits.scatter(2, labels, -math.inf).amax(2)


def _each(logits: Logits, labels: Labels) -> tuple[Logits, Labels]:
    """The logits as (B, M, K) and every network's label, (B, M, 1)."""
    logits = logits.reshape(len(logits), -1, logits.shape[-1])
    return logits, labels.reshape(len(labels), -1, 1).expand(-1, logits.shape[1], 1)
