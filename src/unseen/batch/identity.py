"""All that decides what becomes of a photo, so that a change of it is noticed."""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import torch
from torch import Tensor

from unseen import __version__
from unseen.models import Network
from unseen.protect import Protection, settings_of


def deciding(protection: Protection, names: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a run as its report tells them, the version, and the contents of what they only name.

    Args:
        names: settings by other names, as the report has them.
    """
    return {
        **settings_of(protection),
        **names,
        "unseen": __version__,
        "weights": {network.name: _weights_of(network) for network in protection.networks},
        "noises": [_noise_of(picture) for picture in protection.pictures],
    }


def _weights_of(network: Network) -> str:
    """What tells a network from others of its name: its file's SHA-256, or, where it has none, that of all it is of."""
    spec = network.spec
    if spec.sha256 is not None:
        return spec.sha256
    digest = hashlib.sha256(repr((spec.code, spec.class_names)).encode())
    named = network.body.state_dict() | dict(network.body.named_buffers())  # also those that are not to be stored
    for name, value in named.items():
        digest.update(repr(name).encode())
        digest.update(_bytes_of(value))
    return digest.hexdigest()


def _bytes_of(value: Any) -> bytes:
    """The same for the same values, on whichever device they are."""
    if isinstance(value, Tensor) and value.layout == torch.strided and not value.is_quantized:
        plain = value.detach().cpu().flatten().view(torch.uint8)
        return repr((value.dtype, tuple(value.shape))).encode() + plain.numpy().tobytes()
    stored = BytesIO()
    torch.save(value, stored)
    return stored.getvalue()


def _noise_of(picture: Any) -> str | None:
    """What tells a picture scheme's noise from others; None where it has none."""
    noise = getattr(picture, "noise", None)
    return None if noise is None else hashlib.sha256(noise.numpy().tobytes()).hexdigest()
