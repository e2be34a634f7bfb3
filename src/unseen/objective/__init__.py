"""What to ask of a classifier's answer: a gain to ascend and a goal to stop at.

Logits are (B, K), or (B, M, K) from an ensemble: gains add up over the M networks, a goal must hold on every one.
Every objective is frozen and holds one entry a photo; `take` picks the entries of a batch whose photos change.
"""

from unseen.objective.answers import NO_CLASS
from unseen.objective.away import Away, Miss, Overtaken
from unseen.objective.blend import Blend
from unseen.objective.hiding import AwayFromAll, NoneOf
from unseen.objective.toward import Hit, Toward
from unseen.objective.undecided import Among, Undecided, Uniform

__all__ = [
    "NO_CLASS",
    "Among",
    "Away",
    "AwayFromAll",
    "Blend",
    "Hit",
    "Miss",
    "NoneOf",
    "Overtaken",
    "Toward",
    "Undecided",
    "Uniform",
]
