"""Names become classifiers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.embedded import EMBEDDED, list_embedded, load_embedded
from unseen.models.libraries import prepare_imports
from unseen.models.local_file import is_local, list_local, load_local
from unseen.models.network import Network
from unseen.models.places import list_places, load_places
from unseen.models.preprocessing import Preprocessing
from unseen.models.spec import ListedModel, ModelSpec
from unseen.models.timm_zoo import list_timm, load_timm
from unseen.models.torchvision_zoo import list_torchvision, load_torchvision
from unseen.naming import nearest, parse_name

_FORMS = ("timm:NAME", "torchvision:NAME", "places:resnet18", "places:resnet50", "path/to/file.py:FUNCTION")


def load_classifier(name: str, *, device: str = "cpu", fold: bool = True) -> Network:
    """A classifier by name, ready to score and to give gradients to images.

    Args:
        name: "lite0", "timm:resnet18.a1_in1k", "torchvision:squeezenet1_1?weights=FILE", "places:resnet50",
            "file.py:function"; options after `?` replace the preprocessing (`size`, `mean`, `std`, `crop_pct`,
            `crop_mode`, `interpolation`) or the weights (`weights`, `sha256`), or go to the zoo's constructor.
        device: "cpu" or "cuda".
        fold: whether batch norms are folded into convolutions, where that keeps the logits.

    Raises:
        ModelError: an unknown name, or weights that are missing, damaged or of another architecture.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ModelError(f"{device}: torch finds no such device on this machine; use cpu")
    zoo, base, options = _find(name)
    body, spec = zoo.load(name, base, options)
    body = body.eval().requires_grad_(False)
    if fold and isinstance(spec.preprocessing, Preprocessing):
        from unseen.models.fold import fold_batch_norm

        body = fold_batch_norm(body, _example(spec.preprocessing))
    body = body.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Network(spec=spec, body=body, preprocessing=spec.preprocessing).eval()


def list_models(names: Sequence[str] = ()) -> tuple[ListedModel, ...]:
    """The embedded classifiers and those named; no weights are loaded or downloaded.

    Raises:
        ModelError: an unknown name.
    """
    found = {name: _find(name) for name in (*EMBEDDED, *names)}
    return tuple(zoo.list(name, base, options) for name, (zoo, base, options) in found.items())


@dataclass(frozen=True, kw_only=True)
class _Zoo:
    """Where models of one kind come from; both functions take the user's name, the zoo's own and the options."""

    prefix: str
    load: Callable[[str, str, Mapping[str, str]], tuple[nn.Module, ModelSpec]]
    list: Callable[[str, str, Mapping[str, str]], ListedModel]


_EMBEDDED = _Zoo(prefix="", load=load_embedded, list=list_embedded)
_LOCAL = _Zoo(prefix="", load=load_local, list=list_local)
_TIMM = _Zoo(prefix="timm:", load=load_timm, list=list_timm)
_TORCHVISION = _Zoo(prefix="torchvision:", load=load_torchvision, list=list_torchvision)
_PLACES = _Zoo(prefix="places:", load=load_places, list=list_places)


def _find(name: str) -> tuple[_Zoo, str, dict[str, str]]:
    """The zoo of a name, the name in that zoo, and the options."""
    base, options = parse_name(name)
    if base in EMBEDDED:
        return _EMBEDDED, base, options
    for zoo in (_TIMM, _TORCHVISION, _PLACES):
        if base.startswith(zoo.prefix):
            return zoo, base.removeprefix(zoo.prefix), options
    if is_local(base):
        return _LOCAL, base, options
    choices = [*EMBEDDED, *_FORMS, *_in_zoos(base.rpartition(":")[2])]
    raise ModelError(f"unknown classifier {base!r}; {nearest(base, choices)}")


def _in_zoos(name: str) -> list[str]:
    """The full names under which the zoos have `name`."""
    prepare_imports()
    import timm
    from torchvision import models

    in_timm = [f"timm:{name}"] if timm.is_model(name.partition(".")[0]) else []
    return in_timm + ([f"torchvision:{name}"] if name in models.list_models(module=models) else [])


def _example(preprocessing: Preprocessing) -> Tensor:
    return torch.rand(1, 3, *preprocessing.size, generator=torch.Generator().manual_seed(0))
