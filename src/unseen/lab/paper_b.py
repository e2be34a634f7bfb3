"""What Liu and Zhao 2018 (MediaEval Pixel Privacy) printed: the only place of its numbers.

Shares are in [0, 1], NIMA scores from 1 to 10.
"""

from dataclasses import dataclass

NAME = "Liu and Zhao 2018"
TITLE = "First Steps in Pixel Privacy"
TASK = "MediaEval 2018 Pixel Privacy"
NETWORK = "ResNet50 trained on Places365"
SHORT_EDGE, CROP = 256, 224
"""What the network's own preprocessing makes of a photo: its short edge, and the centre of that."""
VALIDATION_PHOTOS, TEST_PHOTOS, CATEGORIES = 3_000, 3_000, 60


@dataclass(frozen=True, kw_only=True)
class Score:
    """How often the true category is the first guess, and how often it is among the best five."""

    top1: float
    top5: float


ORIGINAL = Score(top1=0.6023, top5=0.8863)
UAP = Score(top1=0.4533, top5=0.7697)
"""The universal perturbation of Moosavi-Dezfooli et al. 2017, built on DeepFool."""

OTHER_RUNS = (
    Score(top1=0.4157, top5=0.6997),
    Score(top1=0.3423, top5=0.6200),
    Score(top1=0.3933, top5=0.7057),
    Score(top1=0.3427, top5=0.6317),
)
"""The four other runs of Table 1, in its order."""
OTHER_APPROACHES = ("centre crop", "random crop", "style: Ukiyo-e", "style: Hayao")
"""What they are; which is which is not certain here, so the two are compared as sets."""
STYLES = ("hayao", "ukiyoe")
"""The styles of the paper, as `--style` names them."""

NIMA_ORIGINAL, NIMA_HAYAO = 4.472, 5.09

UAP_TRAINING_PHOTOS = VALIDATION_PHOTOS
SCALE_AND_CROP = (0.464, 0.419)
"""Top-1 of perturbed photos of an exploratory set, before and after a further scaling and cropping."""

OPEN_QUESTIONS = (
    "How many training photos a universal perturbation needs, and which settings.",
    "Whether it carries over to other networks.",
    "Whether it survives preprocessing.",
    "Whether people see its artefacts.",
    "What a perturbation and a style do together, named as future work.",
)
