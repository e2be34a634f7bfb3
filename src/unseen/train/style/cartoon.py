"""CartoonGAN: one generator that keeps what is in the photo and draws clear edges (Chen, Lai & Liu 2018)."""

import torch
from torch import Tensor
from torch.optim import Adam

from unseen.styles.networks import CartoonDiscriminator, CartoonGenerator
from unseen.train.style import losses
from unseen.train.style.content import content_network
from unseen.train.style.edges import edge_smoothed
from unseen.train.style.method import BETAS, GENERATOR, Losses, Method, initialised, learn, reduced_precision
from unseen.train.style.settings import StyleTraining

_WIDTH = 32
"""Channels of the published discriminator's first layer."""


def cartoon_method(settings: StyleTraining, device: torch.device) -> Method:
    """CartoonGAN's networks before the first step, and the step.

    Raises:
        UnseenError: the network of the content loss cannot be had.
    """
    features = content_network(settings.content).to(device)
    made = {
        GENERATOR: CartoonGenerator(width=settings.filters),
        "judge": CartoonDiscriminator(width=settings.discriminator_filters or _WIDTH),
    }
    networks = {name: initialised(network, settings.seed, name).to(device) for name, network in made.items()}
    paint, judge = networks.values()
    optimisers = {
        "painter": Adam(paint.parameters(), lr=settings.rate, betas=BETAS),
        "judge": Adam(judge.parameters(), lr=settings.rate, betas=BETAS),
    }

    def learn_content(photos: Tensor) -> Losses:
        with reduced_precision(device):
            painted, kept = features(paint(photos)), features(photos)
        found = {"content": losses.content(kept.float(), painted.float())}
        learn(optimisers["painter"], settings.content_weight * found["content"])
        return found

    def learn_style(photos: Tensor, styles: Tensor) -> Losses:
        optimisers["judge"].zero_grad()
        judge.requires_grad_(requires_grad=False)
        with reduced_precision(device):
            painted = paint(photos)
            kept, found_features, score = features(photos), features(painted), judge(painted)
        found = {
            "painter": losses.painter_logistic(score.float()),
            "content": losses.content(kept.float(), found_features.float()),
        }
        learn(optimisers["painter"], found["painter"] + settings.content_weight * found["content"])
        judge.requires_grad_(requires_grad=True)
        smoothed = edge_smoothed(styles)
        with reduced_precision(device):
            scores = [judge(styles), judge(smoothed), judge(painted.detach())]
        found["judge"] = losses.judge_edge_promoting(*(score.float() for score in scores))
        learn(optimisers["judge"], found["judge"])
        return found

    def step(photos: Tensor, styles: Tensor, number: int) -> Losses:
        is_initial = number < settings.initial_iterations
        found = learn_content(photos) if is_initial else learn_style(photos, styles)
        return {name: loss.detach() for name, loss in found.items()}

    return Method(networks=networks, optimisers=optimisers, step=step, rate_at=lambda number: 1.0)
