import torch

from unseen.objective import Away, Blend

from .answers import OWN, random_logits, uniform


def test_a_blend_adds_its_parts_by_weight_and_asks_for_all_of_them() -> None:
    logits = random_logits(4, 3, 7)
    away, even = Away(label=OWN, allowed_score=0.5), uniform(0.5)
    blend = Blend(((2.0, away), (0.5, even)))
    torch.testing.assert_close(blend.gain(logits), 2 * away.gain(logits) + 0.5 * even.gain(logits))
    assert torch.equal(blend.achieved(logits), away.achieved(logits) & even.achieved(logits))
