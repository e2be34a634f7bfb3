import numpy as np
import torch

from unseen.objective import Toward

from .answers import TARGET, logits_of, probabilities, random_logits


def test_toward_gains_the_log_probability() -> None:
    logits = random_logits(4, 7)
    expected = np.log(probabilities(logits)[range(4), TARGET])
    np.testing.assert_allclose(Toward(target=TARGET, required_score=0.9).gain(logits), expected, rtol=1e-5)


def test_toward_is_achieved_from_the_required_score_on() -> None:
    logits = logits_of([0.989, 0.011], [0.991, 0.009])
    objective = Toward(target=torch.tensor([0, 0]), required_score=0.99)
    assert objective.achieved(logits).tolist() == [False, True]
