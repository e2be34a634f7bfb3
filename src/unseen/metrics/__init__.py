"""What protection bought, and what it cost: privacy of the answer and fidelity of the picture.

`icp`, `ice` and `top_k` look at a network's answer (logits); a `Metric` compares a photo with its protected copy.
"""

from collections.abc import Callable
from dataclasses import dataclass

from unseen.metrics.fidelity import max_abs, mean_abs, psnr, ssim
from unseen.metrics.privacy import ice, icp, top_k
from unseen.types import Images, PerPhoto

__all__ = ["FIDELITY", "Metric", "ice", "icp", "max_abs", "mean_abs", "psnr", "ssim", "top_k"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number that compares each photo with its protected copy.

    Attributes:
        name: what it is called in reports and on the command line.
        unit: in words for people; empty where it has none.
        higher_is_better: whether the larger number means the smaller harm.
        function: (original, protected), each (B, C, H, W) in [0, 1] or uint8 -> (B,); NaN where it is not defined.
    """

    name: str
    unit: str
    higher_is_better: bool
    function: Callable[[Images, Images], PerPhoto]


FIDELITY = (
    Metric(name="mean_abs", unit="of the full range", higher_is_better=False, function=mean_abs),
    Metric(name="max_abs", unit="of the full range", higher_is_better=False, function=max_abs),
    Metric(name="psnr", unit="dB", higher_is_better=True, function=psnr),
    Metric(name="ssim", unit="", higher_is_better=True, function=ssim),
)
