"""Batch-norm folding: fewer passes over memory for the same function.

Which normalisation follows which convolution is observed rather than guessed: the model runs once on an example and
a batch norm whose input *is* the tensor that a convolution or linear layer just returned is folded into it. So any
model whose layers are called one after the other folds, traceable or not; what cannot be folded stays as it is, and
a result that does not reproduce the logits is thrown away.
"""

import copy
import logging

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

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
    with torch.no_grad():
        expected = body(example)
        pairs = _adjacent_layers(folded, example)
        for layer_name, norm_name in pairs:
            _fold_pair(folded, layer_name, norm_name)
        difference = (folded(example) - expected).abs().max().item() / max(1.0, expected.abs().max().item())
    for module in folded.modules():
        if hasattr(module, "inplace"):
            module.inplace = False  # ReLU6 in place computes a copy and copies that back
    if not difference <= TOLERANCE:
        _logger.info("batch-norm folding changes the logits by %.2g: left unfolded", difference)
        return body
    return folded


def _adjacent_layers(body: nn.Module, example: Tensor) -> list[tuple[str, str]]:
    """Names of (convolution or linear layer, batch norm) where the second reads just what the first returned."""
    producer_of: dict[tuple[int, int], str] = {}  # by identity and version: what is changed in place is another tensor
    calls: dict[str, int] = {}
    pairs: list[tuple[str, str]] = []
    kept: list[Tensor] = []  # keeps tensors alive so that no identity is used twice
    hooks = []

    def produced(name: str):  # type: ignore[no-untyped-def]
        def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            calls[name] = calls.get(name, 0) + 1
            producer_of[id(output), output._version] = name
            kept.append(output)

        return hook

    def consumed(name: str):  # type: ignore[no-untyped-def]
        def hook(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            calls[name] = calls.get(name, 0) + 1
            read = id(inputs[0]), inputs[0]._version
            if read in producer_of:
                pairs.append((producer_of[read], name))

        return hook

    for name, module in body.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            hooks.append(module.register_forward_hook(produced(name)))
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.track_running_stats:
            hooks.append(module.register_forward_pre_hook(consumed(name)))
    try:
        body(example)
    finally:
        for hook in hooks:
            hook.remove()
    return [(layer, norm) for layer, norm in pairs if calls[layer] == 1 and calls[norm] == 1]


def _fold_pair(body: nn.Module, layer_name: str, norm_name: str) -> None:
    """Put the batch norm's scale and shift into the layer; what else the norm module did (its activation) remains."""
    layer, norm = body.get_submodule(layer_name), body.get_submodule(norm_name)
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
        raise TypeError(f"{norm_name} is no batch norm")
    fused = fuse_conv_bn_eval(layer, norm) if isinstance(layer, nn.Conv2d) else fuse_linear_bn_eval(layer, norm)  # type: ignore[type-var]
    body.set_submodule(layer_name, fused)
    body.set_submodule(norm_name, getattr(norm, "act", nn.Identity()))  # timm's BatchNormAct2d carries an activation
