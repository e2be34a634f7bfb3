"""What decides a protected copy, a photo on its way, and what comes of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import torch
from torch import Tensor

from unseen.ascent import LANES
from unseen.errors import UnseenError
from unseen.grid import LEVELS
from unseen.models import Network, held_out_from, load_classifier
from unseen.photo import Photo
from unseen.photo.metadata import checked_keep
from unseen.photo.photo import SUFFIXES
from unseen.pictures import PictureScheme
from unseen.plan import Job
from unseen.profiles import REVEALED, Secret, check_known, classes_meant
from unseen.report.layout import PhotoRow
from unseen.report.pictures import Preview
from unseen.schemes import Chain, Unchanged
from unseen.types import HidingScheme, Scheme


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Everything that decides the pixels of a protected copy, apart from the photo.

    Attributes:
        scheme: the noise; `Unchanged` where the picture alone is the protection.
        pictures: what becomes of the photo, one after the other, before noise is laid on it.
        surrogates: the networks that the protection is made against, all together.
        held_out: networks that only judge.
        format: of the copies, such as "png"; "keep" is each photo's own.
        quality: of a lossy file, 1 to 100; None starts at the original's and goes as high as the protection needs.
        keep: metadata to keep, words of `unseen.photo.KEEP_WORDS`.
        precision: torch.bfloat16 to compute so on a GPU; None is float32.
        lanes: photos computed at a time, 1 for a photo alone; a scheme's own setting outranks it.
        hide: what is to be hidden; photos in which no surrogate sees any of it are left untouched. Nothing named means
            that whatever the networks see is to be hidden.

    Raises:
        UnseenError: no surrogate, a format, quality or word to keep that there is not, something to hide that no
            surrogate knows, or a scheme that cannot hide it.
    """

    scheme: Scheme
    surrogates: tuple[Network, ...]
    held_out: tuple[Network, ...] = ()
    pictures: tuple[PictureScheme, ...] = ()
    seed: int = 0
    format: str = "keep"
    quality: int | None = None
    keep: frozenset[str] = frozenset()
    precision: torch.dtype | None = None
    lanes: int = LANES
    hide: tuple[Secret, ...] = ()

    def __post_init__(self) -> None:
        if not self.surrogates:
            raise UnseenError("nothing to protect against; name at least one network, such as lite0")
        if self.format not in ("keep", *SUFFIXES):
            raise UnseenError(f"{self.format!r} is not a format; choose from keep, {', '.join(SUFFIXES)}")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise UnseenError(f"quality {self.quality} is out of range; choose 1 to 100")
        checked_keep(self.keep)
        if self.hide:
            require_hiding(self.scheme)
            check_known(self.hide, _classes(self.surrogates), _classes(self.held_out))

    @property
    def settled_scheme(self) -> Scheme:
        """The scheme with its batch shape fixed, so that how many photos are left in a run changes no pixel."""
        if getattr(self.scheme, "lanes", self) is not None:
            return self.scheme
        return replace(self.scheme, lanes=self.lanes)  # type: ignore[type-var]

    @property
    def networks(self) -> tuple[Network, ...]:
        """Surrogates first, then those held out."""
        return self.surrogates + self.held_out

    @property
    def views(self) -> tuple[Network, ...]:
        """What the noise is made against: each surrogate, and where it crops, its look at the whole photo as well."""
        return self.surrogates + tuple(network.whole() for network in self.surrogates if network.crops)

    @property
    def hidden_names(self) -> tuple[str, ...]:
        """What is to be hidden, each name once."""
        return tuple(dict.fromkeys(secret.name for secret in self.hide))

    def meant(self, network: Network) -> Mapping[str, tuple[int, ...]]:
        """What of that which is to be hidden the network knows: the classes of each name, no class twice in one."""
        spec = network.spec
        found = {name: classes_meant(name, spec.class_names, spec.synsets) for name in self.hidden_names}
        return {name: classes for name, classes in found.items() if classes}

    def hidden_classes(self, network: Network) -> Tensor:
        """All of these classes together, (n,) in rising order; none where nothing is to be hidden."""
        return torch.tensor(sorted({index for classes in self.meant(network).values() for index in classes})).long()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One photo done.

    Attributes:
        row: its account.
        preview: thumbnails, where they were asked for and a copy was written.
        problem: why it failed, which the row tells in one line.
    """

    row: PhotoRow
    preview: Preview | None = None
    problem: Exception | None = None


@dataclass(kw_only=True)
class Work:
    """A photo on its way.

    Attributes:
        seconds: what was spent on it alone, so far.
        photo: None once it has failed or is done.
        picture: what the picture schemes made of it, and the noise is laid on; the photo itself where there are none.
        problem: why it failed.
        canvas: (1, C, h, w), what the noise is computed on.
        before: every network's logits (K,) on the original, in the order of `Protection.networks`.
        references: the class each of them judges it by.
        view_references: the same for `Protection.views`.
        untouched: whether it is left as it is, because it reveals nothing that is to be hidden.
        file: the photo's, where that is kept in place of its pixels.
    """

    job: Job
    seconds: float = 0.0
    photo: Photo | None = None
    picture: Photo | None = None
    problem: Exception | None = None
    before: tuple[Tensor, ...] = ()
    references: tuple[int, ...] = ()
    view_references: tuple[int, ...] = ()
    untouched: bool = False
    canvas: Tensor = field(default_factory=lambda: torch.empty(0))
    file: bytes = b""

    @property
    def held(self) -> int:
        """Bytes of memory that it takes while it waits."""
        arrays = {id(photo.pixels): photo.pixels.nbytes for photo in (self.photo, self.picture) if photo is not None}
        return sum(arrays.values()) + self.canvas.nbytes + len(self.file)


def require_hiding(scheme: Scheme) -> HidingScheme:
    """The scheme, if it can push a whole group of classes down.

    Raises:
        UnseenError: such a scheme.
    """
    if not isinstance(scheme, HidingScheme):
        problem = "the scheme cannot push down a whole group of classes, which hiding named things takes"
        raise UnseenError(f"{problem}; give shield or away, alone or after pictures as in crop+shield")
    return scheme


def load_networks(models: Iterable[str | Network], device: str = "auto") -> tuple[Network, ...]:
    """Networks by name, each loaded once, and loaded ones as they are; "auto" takes a GPU where there is one."""
    chosen = chosen_device(device)
    return tuple(
        load_classifier(model, device=chosen) if isinstance(model, str) else model for model in dict.fromkeys(models)
    )


def load_held_out(
    models: Iterable[str | Network],
    surrogates: Sequence[Network],
    scheme: Scheme,
    device: str = "auto",
    *,
    pictures: Sequence[PictureScheme] = (),
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """Networks that only judge, and one line on each that is left out because it has a surrogate's weights.

    What has a surrogate's name is left out without a word, and so is what a picture's noise was trained against. In
    another picture alone, such as a crop, no network had a part.
    """
    names = {network.name for network in surrogates} | set(trained_against(pictures))
    others = [model for model in models if (model if isinstance(model, str) else model.name) not in names]
    return held_out_from(() if isinstance(scheme, Unchanged) else surrogates, load_networks(others, device))


def trained_against(pictures: Sequence[PictureScheme]) -> tuple[str, ...]:
    """The networks that a universal noise among them was trained against, by name."""
    return tuple(dict.fromkeys(name for picture in pictures for name in getattr(picture, "networks", ())))


def chosen_device(device: str) -> str:
    """What "auto" comes to on this machine; other words stay."""
    return ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device


def settings_of(protection: Protection) -> dict[str, Any]:
    """What decided the pixels, for the report: the scheme's settings in [0, 1], networks, seed, arithmetic."""
    scheme = protection.settled_scheme
    own = _own_settings(scheme)
    return {
        "scheme": type(scheme).__name__,
        **own,
        "pictures": [{"scheme": type(picture).__name__, **_own_settings(picture)} for picture in protection.pictures],
        "picture_only": isinstance(scheme, Unchanged),
        "epsilon_levels": _in_levels(own).get("epsilon_levels"),
        **({"hide": list(protection.hidden_names), "revealed_at": REVEALED} if protection.hide else {}),
        "models": [network.name for network in protection.surrogates],
        "trained_against": list(trained_against(protection.pictures)),
        "audit_models": [network.name for network in protection.held_out],
        "seed": protection.seed,
        "format": protection.format,
        "quality": protection.quality,
        "keep": sorted(protection.keep),
        "threads": torch.get_num_threads(),
        "device": protection.surrogates[0].device.type,
        "precision": str(protection.precision or torch.float32).removeprefix("torch."),
        "torch": torch.__version__,
    }


def _classes(networks: Iterable[Network]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...] | None]]:
    return {network.name: (network.class_names, network.spec.synsets) for network in networks}


def _in_levels(own: Mapping[str, Any]) -> dict[str, Any]:
    """A scheme's settings, with its limit as people know it, where it has one."""
    return {**own, **({"epsilon_levels": round(own["epsilon"] * LEVELS, 4)} if "epsilon" in own else {})}


def _own_settings(scheme: Any) -> dict[str, Any]:
    """A scheme's settings by name; of a chain, those of each of its schemes; of a style, where it comes from."""
    if isinstance(scheme, Chain):
        parts = [{"scheme": type(part).__name__, **_in_levels(_own_settings(part))} for part in scheme.schemes]
        return {"schemes": parts, "lanes": scheme.lanes}
    told = {known.name: getattr(scheme, known.name) for known in fields(scheme) if known.repr}
    return {name: _own_settings(value) if is_dataclass(value) else value for name, value in told.items()}
