"""How each library is called for the same targeted attack, as its own documentation shows it.

All four walk along the sign of the gradient of the cross-entropy with the target and clip to the limit, starting from
the photo itself. Each is imported inside its function, so that a process holds only the library that it measures.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from task import LIMIT, STEP


class Attack(Protocol):
    """Images (B, 3, H, W) in [0, 1] and targets (B,) -> attacked images, not rounded."""

    def __call__(
        self, network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int
    ) -> Tensor: ...


def torchattacks_pgd(network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int) -> Tensor:
    """torchattacks.PGD in targeted mode without a random start."""
    from torchattacks import PGD

    attack = PGD(network, eps=LIMIT, alpha=STEP, steps=steps, random_start=False)
    attack.set_mode_targeted_by_label(quiet=True)
    return _in_batches(attack, images, targets, batch_size)


def foolbox_bim(network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int) -> Tensor:
    """Foolbox's LinfBasicIterativeAttack, which is its PGD without a random start."""
    from foolbox import PyTorchModel, TargetedMisclassification
    from foolbox.attacks import LinfBasicIterativeAttack

    model = PyTorchModel(network, bounds=(0, 1), device="cpu")
    attack = LinfBasicIterativeAttack(abs_stepsize=STEP, steps=steps, random_start=False)

    def attack_batch(batch: Tensor, wanted: Tensor) -> Tensor:
        clipped: Tensor
        _, clipped, _ = attack(model, batch, TargetedMisclassification(wanted), epsilons=LIMIT)
        return clipped

    return _in_batches(attack_batch, images, targets, batch_size)


def art_pgd(network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int) -> Tensor:
    """ART's ProjectedGradientDescent, which takes its PyTorch path; the number of random starts is 0."""
    from art.attacks.evasion import ProjectedGradientDescent
    from art.estimators.classification import PyTorchClassifier

    estimator = PyTorchClassifier(
        model=network,
        loss=nn.CrossEntropyLoss(),
        input_shape=tuple(images.shape[1:]),
        nb_classes=1000,
        clip_values=(0.0, 1.0),
        device_type="cpu",
    )
    attack = ProjectedGradientDescent(
        estimator, eps=LIMIT, eps_step=STEP, max_iter=steps, targeted=True, batch_size=batch_size, verbose=False
    )
    attacked: Tensor = torch.from_numpy(attack.generate(x=images.numpy(), y=targets.numpy()))
    return attacked


def cleverhans_pgd(network: nn.Module, images: Tensor, targets: Tensor, *, steps: int, batch_size: int) -> Tensor:
    """CleverHans' projected_gradient_descent for PyTorch with rand_init off."""
    import numpy as np
    from cleverhans.torch.attacks.projected_gradient_descent import projected_gradient_descent

    def attack_batch(batch: Tensor, wanted: Tensor) -> Tensor:
        attacked: Tensor = projected_gradient_descent(
            network,
            batch,
            LIMIT,
            STEP,
            steps,
            np.inf,
            clip_min=0.0,
            clip_max=1.0,
            y=wanted,
            targeted=True,
            rand_init=False,
        )
        return attacked.detach()

    return _in_batches(attack_batch, images, targets, batch_size)


PEERS: dict[str, Attack] = {
    "torchattacks": torchattacks_pgd,
    "foolbox": foolbox_bim,
    "adversarial-robustness-toolbox": art_pgd,
    "cleverhans": cleverhans_pgd,
}
"""By the name of their package."""


def _in_batches(attack: Callable[[Tensor, Tensor], Tensor], images: Tensor, targets: Tensor, batch_size: int) -> Tensor:
    """The attack on one batch after the other, as a user with more photos than memory writes it."""
    pairs = zip(images.split(batch_size), targets.split(batch_size), strict=True)
    return torch.cat([attack(batch, wanted) for batch, wanted in pairs])
