"""CycleGAN: two generators that undo each other (Zhu et al. 2017)."""

from itertools import chain

import torch
from torch import Tensor
from torch.optim import Adam

from unseen.styles.networks import CycleDiscriminator, CycleGenerator
from unseen.train.style import losses
from unseen.train.style.drawing import drawn_for
from unseen.train.style.method import BETAS, GENERATOR, Losses, Method, initialised, learn, reduced_precision
from unseen.train.style.pool import Pool
from unseen.train.style.settings import StyleTraining

_WIDTH = 64
"""Channels of the published discriminator's first layer."""


def cycle_method(settings: StyleTraining, device: torch.device) -> Method:
    """CycleGAN's networks before the first step, and the step."""
    judged = settings.discriminator_filters or _WIDTH
    made = {
        GENERATOR: CycleGenerator(width=settings.filters, blocks=settings.blocks),
        "back": CycleGenerator(width=settings.filters, blocks=settings.blocks),
        "style_judge": CycleDiscriminator(width=judged),
        "photo_judge": CycleDiscriminator(width=judged),
    }
    networks = {name: initialised(network, settings.seed, name).to(device) for name, network in made.items()}
    paint, back, style_judge, photo_judge = networks.values()
    painters = Adam(chain(paint.parameters(), back.parameters()), lr=settings.rate, betas=BETAS)
    judges = Adam(chain(style_judge.parameters(), photo_judge.parameters()), lr=settings.rate, betas=BETAS)
    pools = {"styles": Pool(), "photos": Pool()}

    def step(photos: Tensor, styles: Tensor, number: int) -> Losses:
        judges.zero_grad()
        for judge in (style_judge, photo_judge):
            judge.requires_grad_(requires_grad=False)
        with reduced_precision(device):
            painted, unpainted = paint(photos), back(styles)
            answers = {
                "returned": back(painted),
                "repainted": paint(unpainted),
                "kept_style": paint(styles),
                "kept_photo": back(photos),
                "painted_score": style_judge(painted),
                "unpainted_score": photo_judge(unpainted),
            }
        answer = {name: tensor.float() for name, tensor in answers.items()}
        found: Losses = {
            "painter_style": losses.painter_least_squares(answer["painted_score"]),
            "painter_photo": losses.painter_least_squares(answer["unpainted_score"]),
            "cycle_photo": losses.cycle(photos, answer["returned"]),
            "cycle_style": losses.cycle(styles, answer["repainted"]),
            "identity_style": losses.identity(styles, answer["kept_style"]),
            "identity_photo": losses.identity(photos, answer["kept_photo"]),
        }
        learn(painters, torch.stack(list(found.values())).sum())
        for judge in (style_judge, photo_judge):
            judge.requires_grad_(requires_grad=True)
        past = {
            name: pools[name].exchanged(made.detach().float(), drawn_for(settings.seed, "pool", name, number))
            for name, made in (("styles", painted), ("photos", unpainted))
        }
        with reduced_precision(device):
            style_scores = style_judge(styles), style_judge(past["styles"])
            photo_scores = photo_judge(photos), photo_judge(past["photos"])
        found["judge_style"] = losses.judge_least_squares(*(score.float() for score in style_scores))
        found["judge_photo"] = losses.judge_least_squares(*(score.float() for score in photo_scores))
        learn(judges, found["judge_style"] + found["judge_photo"])
        return {name: loss.detach() for name, loss in found.items()}

    def rate_at(number: int) -> float:
        return min(1.0, 2 * (settings.iterations - number) / settings.iterations)

    optimisers = {"painters": painters, "judges": judges}
    return Method(networks=networks, optimisers=optimisers, pools=pools, step=step, rate_at=rate_at)
