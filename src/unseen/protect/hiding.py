"""What is to be hidden of a photo: whether it shows any, what each network is judged by, and what it still sees."""

from collections.abc import Sequence

import torch
from torch import Tensor

from unseen.errors import UnseenError
from unseen.models import Network
from unseen.profiles import group_icp, reveals
from unseen.protect.protection import Protection, Work, require_hiding
from unseen.report.layout import GroupReading, HiddenReading, Reading
from unseen.types import Classifier, Images, Protected, Scheme


def hide(work: Work, protection: Protection) -> None:
    """Leave a photo that reveals nothing untouched; of the others, judge each network by what is to be hidden.

    A photo reveals it where a surrogate says so, by `reveals`, or the given label is one of the classes. Where a
    network's reference is none of them, its most probable one is.
    """
    groups = [protection.hidden_classes(network) for network in protection.networks]
    count = len(protection.surrogates)
    is_labelled = work.job.label is not None and any(
        label in group for label, group in zip(work.references[:count], groups, strict=False)
    )
    work.untouched = not (is_labelled or any(revealing(protection, work.before[:count])))
    work.references = tuple(
        reference if reference in group or not len(group) else int(group[logits[group].argmax()])
        for reference, group, logits in zip(work.references, groups, work.before, strict=True)
    )


def revealing(protection: Protection, answers: Sequence[Tensor]) -> list[bool]:
    """Whether each surrogate's answer (K,) reveals what is to be hidden."""
    return [
        reveals(logits, protection.hidden_classes(network))
        for network, logits in zip(protection.surrogates, answers, strict=True)
    ]


def hidden_by(scheme: Scheme, images: Images, ensemble: Classifier, protection: Protection) -> Protected:
    """What the scheme makes of images (B, C, H, W), against all that is to be hidden.

    Raises:
        UnseenError: networks that know nothing else, so that nothing could be answered instead.
    """
    networks = protection.views
    classes = torch.zeros(len(networks), max(len(network.class_names) for network in networks), dtype=torch.bool)
    for row, network in zip(classes, networks, strict=True):
        group = protection.hidden_classes(network)
        if len(group) == len(network.class_names):
            raise UnseenError(f"{network.name}: every class that it knows is to be hidden; name fewer")
        row[group] = True
    return require_hiding(scheme).hiding(images, ensemble, classes, seed=protection.seed)


def hidden_reading(
    protection: Protection, network: Network, logits: tuple[Tensor, Tensor], readings: tuple[Reading, Reading]
) -> HiddenReading | None:
    """What a network sees of it before and after, from its answers (K,) and their readings; None where it knows none.

    Args:
        logits: before and after.
        readings: the same, as they are told.
    """
    groups = protection.meant(network)
    if not groups:
        return None
    every = protection.hidden_classes(network)
    names = {network.class_names[index] for index in every.tolist()}
    guesses = dict.fromkeys(guess.label for one in readings for guess in one.top5)
    before, after = (_total(answer, every) for answer in logits)
    revealed_before, revealed_after = (reveals(answer, every) for answer in logits)
    return HiddenReading(
        before=before,
        after=after,
        revealed_before=revealed_before,
        revealed_after=revealed_after,
        labels=tuple(label for label in guesses if label in names),
        groups=tuple(
            GroupReading(
                name=name,
                classes=len(classes),
                before=_total(logits[0], torch.tensor(classes)),
                after=_total(logits[1], torch.tensor(classes)),
            )
            for name, classes in groups.items()
        ),
    )


def _total(logits: Tensor, group: Tensor) -> float:
    return min(1.0, group_icp(logits[None], group).item())
