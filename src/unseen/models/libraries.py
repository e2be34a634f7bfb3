"""The one place where timm and torchvision are imported, late and with what they need set first.

Telemetry: huggingface_hub, which timm imports, reads `HF_HUB_DISABLE_TELEMETRY` when it is imported.

torchvision's wheel is built for CUDA; beside a CPU-only torch its compiled operators do not load and its import fails
where it describes `torchvision::nms` and `qnms` to the compiler. Only then are the two declared here, without an
implementation: classifiers use torchvision's Python parts and never call them.
"""

import functools
import importlib
import os

import torch

_MISSING_OPERATORS = ("nms", "qnms")


@functools.cache
def prepare_imports() -> None:
    """Make `import torchvision` and `import timm` work on this machine and silence telemetry; call before either."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        _declared_operators()
        importlib.import_module("torchvision")


@functools.cache  # what is declared lives as long as the library object
def _declared_operators() -> torch.library.Library:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in _MISSING_OPERATORS:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library
