"""`file.py:function`: any module of the user's own."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from torch import Tensor, nn

from unseen.errors import ModelError
from unseen.models.libraries import prepare_imports
from unseen.models.messages import first_line
from unseen.models.preprocessing import Unprepared
from unseen.models.spec import NOT_STATED, ListedModel, ModelSpec
from unseen.naming import typed


def is_local(base: str) -> bool:
    """Whether a name has the form `file.py:function`."""
    return base.rpartition(":")[0].endswith(".py")


def list_local(name: str, base: str, options: Mapping[str, str]) -> ListedModel:
    """What is known about `file.py:function` without running it."""
    path, _ = _split(base)
    return ListedModel(
        name=name, input_size=None, parameters=None, licence=NOT_STATED, source=str(path), here=path.is_file()
    )


def load_local(name: str, base: str, options: Mapping[str, str]) -> tuple[nn.Module, ModelSpec]:
    """The module that the function returns, called with the options as keyword arguments.

    The module takes images (B, 3, H, W) in [0, 1] of any size and returns logits (B, K); its `class_names` has K names.

    Raises:
        ModelError: no such file or function, an error in it, or a result that is not such a module.
    """
    path, function = _split(base)
    body, code = _called(path, function, options)
    class_names = getattr(body, "class_names", None)
    if not isinstance(body, nn.Module) or not class_names:
        raise ModelError(f"{path}: {function} must return a torch.nn.Module with class_names; correct the file")
    learnt: list[Tensor] = [*body.parameters()] or [*body.buffers()]
    spec = ModelSpec(
        name=name,
        source=str(path),
        sha256=None,
        licence=NOT_STATED,
        class_names=tuple(str(class_name) for class_name in class_names),
        synsets=None,
        preprocessing=Unprepared(),
        parameters=sum(tensor.numel() for tensor in learnt),
        code=code,
    )
    return body, spec


def _split(base: str) -> tuple[Path, str]:
    """At the last colon, for `C:` names a drive."""
    file, _, function = base.rpartition(":")
    return Path(file).expanduser(), function


def _called(path: Path, function: str, options: Mapping[str, str]) -> tuple[object, str]:
    """What the function returns, and the digest of its file."""
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file; write path/to/file.py:function")
    prepare_imports()  # the file may import timm or torchvision
    try:
        source = path.read_bytes()
        make = getattr(_imported(path, source), function, None)
        if callable(make):
            body = make(**{key: typed(value) for key, value in options.items()})
            return body, hashlib.sha256(source).hexdigest()
    except Exception as error:  # it is the user's code
        said = f"{type(error).__name__}: {first_line(error)}"
        raise ModelError(f"{path}: {function} failed with {said}; correct the file") from error
    raise ModelError(f"{path}: it defines no function {function!r}; write path/to/file.py:function")


def _imported(path: Path, source: bytes) -> object:
    """The file as a Python module, under a name of its own; fresh each time.

    Python's import would take bytecode for it that was made earlier in the same second.
    """
    module_name = f"unseen_local_{path.stem}"
    module = ModuleType(module_name)
    module.__file__ = str(path)
    sys.modules[module_name] = module  # dataclasses look it up
    exec(compile(source, str(path), "exec"), vars(module))  # noqa: S102 - the user named it
    return module
