"""Gradients that carry over to other networks: the answer stays as it is, and the way back through it is softer.

What a network's gradient says about its neighbours is blurred by two things that only it does: units that are off pass
nothing back, and the branches of its residual blocks speak louder than the path that all of them share.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from unseen.types import Classifier, Images, Logits

_RECTIFIERS = (functional.relu, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_)
_CAPPED = (functional.hardtanh, functional.relu6)
_SUMS = (torch.add, Tensor.add, Tensor.add_, Tensor.__add__, Tensor.__iadd__)


class Softened:
    """A classifier with the same answers and other gradients, of whatever network: nothing of it is changed or copied.

    Rectifiers (ReLU, ReLU6) pass back a ramp in place of a step (after Guo et al. 2020, Backpropagating linearly
    improves transferability). Where a network adds a branch to the path beside it, the branch, which was computed
    last, passes back a share (Wu et al. 2020, Skip connections matter).

    Args:
        classifier: its networks may have any architecture; what they lack of these is left as it is.
        branches: the share that residual branches pass back, in (0, 1]; 1 leaves them alone.
        knee: how far beyond its bend a rectifier still passes something back, all of it as far on the other side and
            half of it at the bend; 0 leaves them alone.
    """

    def __init__(self, classifier: Classifier, *, branches: float = 0.5, knee: float = 1.0) -> None:
        if not knee >= 0:
            raise ValueError(f"knee is {knee}: give 0 or more")
        if not 0 < branches <= 1:
            raise ValueError(f"branches is {branches}: give a number above 0 and at most 1")
        self.classifier = classifier
        self.branches = branches
        self.knee = knee

    @property
    def class_names(self) -> Sequence[str]:
        return self.classifier.class_names

    def __call__(self, images: Images, /) -> Logits:
        with _Softening(self.branches, self.knee):
            return self.classifier(images)


class _Softening(TorchFunctionMode):
    """Puts other functions in the place of rectifiers and sums, however a network calls them."""

    def __init__(self, branches: float, knee: float) -> None:
        super().__init__()
        self.branches = branches
        self.knee = knee

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _RECTIFIERS and self.knee:
            return _Rectified.apply(args[0], 0.0, None, self.knee)  # type: ignore[no-untyped-call]
        if func in _CAPPED and self.knee:
            low, high = _limits(func, args, kwargs)
            return _Rectified.apply(args[0], low, high, self.knee)  # type: ignore[no-untyped-call]
        if func in _SUMS and len(args) == 2 and not kwargs and self.branches < 1 and _both_lead_back(*args):
            branch, path = sorted(args, key=lambda part: part.grad_fn._sequence_nr(), reverse=True)
            return func(path, _Quieter.apply(branch, self.branches))  # type: ignore[no-untyped-call]
        return func(*args, **kwargs)


class _Rectified(torch.autograd.Function):
    """clip(input, low, high); the gradient fades over a knee on both sides of each bend."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, low: float, high: float | None, knee: float) -> Tensor:
        ctx.save_for_backward(inputs)
        ctx.limits, ctx.knee = (low, high), knee
        return inputs.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (inputs,), (low, high) = ctx.saved_tensors, ctx.limits
        # The distance to the nearest bend, positive between the two.
        inner = inputs - low if high is None else ((high - low) / 2 - (inputs - (high + low) / 2).abs())
        return inner.add_(ctx.knee).mul_(0.5 / ctx.knee).clamp_(0, 1).mul_(gradients[0]), None, None, None


class _Quieter(torch.autograd.Function):
    """The input itself; a share of its gradient."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, share: float) -> Tensor:
        ctx.share = share
        return inputs.view_as(inputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * ctx.share, None


def _limits(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[float, float]:
    if func is functional.relu6:
        return 0.0, 6.0
    low = args[1] if len(args) > 1 else kwargs.get("min_val", -1.0)
    high = args[2] if len(args) > 2 else kwargs.get("max_val", 1.0)
    return low, high


def _both_lead_back(left: Any, right: Any) -> bool:
    """Whether this is the end of a residual block: two maps of one shape, both made from the picture."""
    return (
        isinstance(left, Tensor)
        and isinstance(right, Tensor)
        and left.shape == right.shape
        and left.ndim >= 3
        and left.grad_fn is not None
        and right.grad_fn is not None
    )
