"""Weights from the Hugging Face hub, where timm keeps its own."""

import os
import re
from pathlib import Path

from unseen.errors import ModelError
from unseen.models.download import CACHE_VARIABLE, cache_folder, sha256_of
from unseen.models.libraries import prepare_imports
from unseen.models.messages import first_line

_FILES = ("model.safetensors", "pytorch_model.bin")
_TIMEOUT = 10.0
_SHA256 = re.compile("[0-9a-f]{64}")


def cached_hub_weights(repository: str) -> Path | None:
    """The weights of `repository` in the cache of this machine, or None; asks no server."""
    prepare_imports()
    from huggingface_hub import try_to_load_from_cache

    found = (try_to_load_from_cache(repository, file, cache_dir=_folder()) for file in _FILES)
    return next((Path(path) for path in found if isinstance(path, str)), None)


def hub_weights(repository: str) -> Path:
    """The weights of `repository`, from the cache or downloaded into it: resumed after a cut, whole or not at all.

    The cache is the hub's own, shared with other programs, or lies in $UNSEEN_CACHE.

    Raises:
        ModelError: offline, no such repository, or a file whose SHA-256 is not the one it is stored under.
    """
    path = cached_hub_weights(repository)
    if path is not None:
        return path
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    _ask(constants.ENDPOINT, repository)
    for file in _FILES:
        try:
            return _verified(Path(hf_hub_download(repository, file, cache_dir=_folder())), repository)
        except LocalEntryNotFoundError as error:
            raise _unreachable(repository) from error
        except EntryNotFoundError:
            continue
        except ModelError:
            raise
        except Exception as error:  # the hub's HTTP library, and with it what it raises, differs between versions
            raise ModelError(f"{repository}: cannot be had from the hub ({first_line(error)}); {_REMEDY}") from error
    raise ModelError(f"{repository}: the hub has neither {' nor '.join(_FILES)} for it; {_REMEDY}")


_REMEDY = "name a file you have with ?weights=FILE"


def _folder() -> Path | None:
    """Beside the other downloads where the user moved them, else the hub's own."""
    return cache_folder() / "hub" if os.environ.get(CACHE_VARIABLE) else None


def _ask(endpoint: str, repository: str) -> None:
    """Say at once that the hub cannot be reached: its own client tries for half a minute and logs each time."""
    from huggingface_hub import get_session

    try:
        get_session().head(endpoint, timeout=_TIMEOUT)
    except Exception as error:  # as above
        raise _unreachable(repository) from error


def _unreachable(repository: str) -> ModelError:
    return ModelError(
        f"{repository}: the hub cannot be reached and the weights are not on this machine; "
        f"connect to the internet once, or {_REMEDY}"
    )


def _verified(path: Path, repository: str) -> Path:
    """The hub stores large files under their SHA-256: check it once, when the file has just landed."""
    stored = path.resolve()
    if _SHA256.fullmatch(stored.name) and sha256_of(stored) != stored.name:
        stored.unlink()
        path.unlink(missing_ok=True)
        raise ModelError(f"{repository}: the download is damaged (its SHA-256 is another) and was removed; try again")
    return path
