"""Batch-norm folding: fewer passes over memory for the same function.

Which normalisation follows which convolution is observed rather than guessed: the model runs once on an example and
a batch norm that alone reads the very tensor that a convolution or linear layer returned is folded into it. So any
model whose layers are called one after the other folds, traceable or not; what cannot be folded stays as it is, and
a result that does not reproduce the logits is thrown away.
"""

import copy
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

TOLERANCE = 1e-4
"""Largest change of a logit, relative to the largest logit where that exceeds 1."""

_logger = logging.getLogger(__name__)


def fold_batch_norm(body: nn.Module, example: Tensor) -> nn.Module:
    """A copy of `body` in evaluation mode with its batch norms folded, or `body` itself where that changes the logits.

    Args:
        body: normalised images (B, 3, h, w) -> logits (B, K); in evaluation mode.
        example: (B, 3, h, w), random values will do.
    """
    folded = copy.deepcopy(body)
    for module in folded.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # type: ignore[assignment]  # ReLU6 in place computes a copy and copies that back
    with torch.no_grad():
        expected = body(example)
        pairs = _adjacent_layers(folded, example)
        for layer_name, norm_name in pairs:
            _fold_pair(folded, layer_name, norm_name)
        difference = (folded(example) - expected).abs().max().item() / max(1.0, expected.abs().max().item())
    if not difference <= TOLERANCE:
        _logger.info("batch-norm folding changes the logits by %.2g: left unfolded", difference)
        return body
    return folded


def _adjacent_layers(body: nn.Module, example: Tensor) -> list[tuple[str, str]]:
    """Names of (convolution or linear layer, batch norm) where what the first returned is read by the second alone."""
    produced: dict[int, tuple[str, Tensor]] = {}  # the tensors are kept so that no identity is used twice
    calls: Counter[str] = Counter()
    pairs: list[tuple[str, str, int]] = []
    reads = _Reads()

    def returned(name: str, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        calls[name] += 1
        produced[id(output)] = name, output
        reads.of[id(output)] = 0

    def entered(name: str, inputs: tuple[Tensor, ...]) -> None:
        calls[name] += 1
        if id(inputs[0]) in produced:
            pairs.append((produced[id(inputs[0])][0], name, id(inputs[0])))

    hooks = []
    for name, module in body.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            hooks.append(module.register_forward_hook(lambda _, *seen, name=name: returned(name, *seen)))
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.track_running_stats:
            hooks.append(module.register_forward_pre_hook(lambda _, *seen, name=name: entered(name, *seen)))
    try:
        with reads:
            body(example)
    finally:
        for hook in hooks:
            hook.remove()
    return [
        (layer, norm) for layer, norm, read in pairs if calls[layer] == 1 and calls[norm] == 1 and reads.of[read] == 1
    ]


class _Reads(TorchFunctionMode):
    """Counts the operations that make a tensor from another, by the identity of the one they read."""

    def __init__(self) -> None:
        super().__init__()
        self.of: Counter[int] = Counter()

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if any(isinstance(leaf, Tensor) for leaf in tree_leaves(result)):
            self.of.update({id(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)})
        return result


def _fold_pair(body: nn.Module, layer_name: str, norm_name: str) -> None:
    """Put the batch norm's scale and shift into the layer; what else the norm module did (its activation) remains."""
    layer, norm = body.get_submodule(layer_name), body.get_submodule(norm_name)
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
        raise TypeError(f"{norm_name} is no batch norm")
    fused = fuse_conv_bn_eval(layer, norm) if isinstance(layer, nn.Conv2d) else fuse_linear_bn_eval(layer, norm)  # type: ignore[type-var]
    body.set_submodule(layer_name, fused)
    body.set_submodule(norm_name, getattr(norm, "act", nn.Identity()))  # timm's BatchNormAct2d carries an activation
