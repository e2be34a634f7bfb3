"""What the workers of a run have to know, in one piece that any machine of the cluster can read."""

import os
import pickle
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import torch

from unseen import __version__
from unseen.batch.place import Place, Staged
from unseen.errors import ClusterError, PhotoError, UnseenError
from unseen.models.libraries import prepare_imports
from unseen.protect import Protection
from unseen.threats import Preset


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What every worker has to see if it is to be of any use.

    Attributes:
        photo: one that can be read here.
        staged: a file that was written where copies go.
    """

    photo: PurePath | None
    staged: Staged | None


@dataclass(frozen=True, kw_only=True)
class Errand:
    """All that a worker has to know but the photos.

    Attributes:
        protection, presets, place: as in `Task`; the networks are on the CPU.
        device: where the worker is to compute, "cpu" or "cuda".
        threads: of its arithmetic, as many as here, for the last bit depends on that.
        folder: where names of photos that are relative begin.
    """

    protection: Protection
    presets: tuple[Preset, ...]
    place: Place
    device: str
    threads: int
    folder: Path
    probe: Probe


def packed(errand: Errand) -> bytes:
    """An errand, to be sent; classes of a user's own file go along, for no other process knows that file as a module.

    Raises:
        UnseenError: something in it cannot be sent.
    """
    from ray import cloudpickle

    own = {name for name in map(_module_of, errand.protection.networks) if name.startswith("unseen_local_")}
    try:
        for name in own:
            cloudpickle.register_pickle_by_value(sys.modules[name])
        return pickle.dumps((_versions(), cloudpickle.dumps(errand)))
    except Exception as error:  # it is the user's code, too
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        problem = f"the networks or the scheme cannot be sent to other processes ({told})"
        raise UnseenError(f"{problem}; leave out --engine ray") from error
    finally:
        for name in own:
            with suppress(ValueError):
                cloudpickle.unregister_pickle_by_value(sys.modules[name])


def unpacked(data: bytes) -> Errand:
    """The errand on a worker's machine: its networks where they are to compute, and this process ready for them.

    Raises:
        ClusterError: the machine has other versions, or lacks the device or the files.
    """
    versions, inner = pickle.loads(data)  # noqa: S301 - who sends it runs this process
    if versions != _versions():
        have, want = _told(_versions()), _told(versions)
        raise ClusterError(f"{socket.gethostname()} of the cluster has {have}; install {want} on it, as here")
    prepare_imports()
    errand: Errand = pickle.loads(inner)  # noqa: S301
    with suppress(OSError):  # names may all be absolute
        os.chdir(errand.folder)
    torch.set_num_threads(errand.threads)
    _check(errand)
    return replace(errand, protection=_on(errand.device, errand.protection))


def _check(errand: Errand) -> None:
    """Refuse a machine that does not see the photos or the folder of the copies."""
    photo, staged, machine = errand.probe.photo, errand.probe.staged, socket.gethostname()
    remedy = "give folders that all machines of the cluster share under one name"
    if photo is not None:
        try:
            errand.place.fetch(photo)
        except PhotoError as error:
            raise ClusterError(f"{photo}: {machine} of the cluster does not see it; {remedy}") from error
    if staged is not None and errand.place.mark(staged.aside) is None:
        raise ClusterError(f"{staged.target.parent}: {machine} of the cluster does not see what is in it; {remedy}")
    if errand.device == "cuda" and not torch.cuda.is_available():
        raise ClusterError(f"{machine} of the cluster: torch finds no GPU there; give --device cpu")


def _on(device: str, protection: Protection) -> Protection:
    """The same with its networks on a device, those of styles as well."""
    for network in protection.networks:
        network.to(device)
    for picture in protection.pictures:
        generator: Any = getattr(getattr(picture, "style", None), "generator", None)
        if generator is not None:
            generator.to(device)
    return protection


def _module_of(network: Any) -> str:
    return type(network.body).__module__


def _told(versions: dict[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in versions.items())


def _versions() -> dict[str, str]:
    """What has to be the same for the same bytes."""
    return {"unseen": __version__, "torch": torch.__version__, "python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
