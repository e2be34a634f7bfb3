"""What a server offers: networks and ways to protect, by names that are settled when it starts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from unseen.ascent import LANES
from unseen.catalogue import (
    DEFAULT_AUDIT_MODELS,
    DEFAULT_LIMIT,
    DEFAULT_MODELS,
    STRENGTHS,
    WAYS,
    check_way,
    scheme_parts,
    way_name,
    way_named,
)
from unseen.errors import UnseenError
from unseen.models import Network
from unseen.models.zoo import list_models
from unseen.naming import nearest
from unseen.photo import parse_keep
from unseen.profiles import Secret, hidden_names
from unseen.protect import Protection, chosen_device, load_held_out, load_networks, require_hiding
from unseen.styles import STYLES
from unseen.styles.named import PREFIX
from unseen.web.wishes import Wishes

MAX_LANES = 8
"""A batch of more photos is no faster, and takes memory."""

_WITHOUT_WEIGHTS = {f"{PREFIX}{name}": f"{PREFIX}{name}" for name, style in STYLES.items() if not style.architecture}
PATHS = frozenset({"weights"})
"""Settings that name files; requests have none."""


@dataclass(frozen=True)
class Offer:
    """Networks and ways by name; requests can name nothing else, least of all a file or a module.

    Attributes:
        models: names of the networks that protections are made against where a request names none.
        audit_models: names of those that only judge.
        added: further ways by name, such as {"hayao": "style:hayao?weights=hayao.pth"}.
        device: "cpu", "cuda" or "auto".

    Raises:
        UnseenError: unknown networks or ways; none is loaded for that.
    """

    models: tuple[str, ...] = DEFAULT_MODELS
    audit_models: tuple[str, ...] = DEFAULT_AUDIT_MODELS
    added: tuple[tuple[str, str], ...] = ()
    device: str = "auto"

    def __post_init__(self) -> None:
        if not self.models:
            raise UnseenError("nothing to protect against; name at least one network, such as lite0")
        list_models(self.names)
        for name, text in self.added:
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) or name in WAYS:
                raise UnseenError(f"{name!r} cannot name a way; take small letters, digits and dashes, and a new name")
            check_way(text, {})

    @property
    def names(self) -> tuple[str, ...]:
        """All networks, those to protect against first."""
        return tuple(dict.fromkeys(self.models + self.audit_models))

    @property
    def ways(self) -> Mapping[str, str]:
        """Name -> what `way_named` takes; other styles would have to be downloaded, which no request may ask for."""
        return {**{name: name for name in WAYS}, **_WITHOUT_WEIGHTS, **dict(self.added)}

    @cached_property
    def networks(self) -> tuple[Network, ...]:
        """The networks, loaded when first asked for.

        Raises:
            UnseenError: weights that cannot be had.
        """
        return load_networks(self.names, self.device)

    def named(self, names: Sequence[str]) -> tuple[Network, ...]:
        """Some of the networks, each once; all for no name."""
        by_name = dict(zip(self.names, self.networks, strict=True))
        return tuple(by_name[name] for name in dict.fromkeys(names or self.names))

    def check(self, wishes: Wishes) -> None:
        """Refuse names and settings that cannot be served; nothing is loaded.

        Raises:
            UnseenError: such a one.
        """
        check_way(self._way(wishes), self._settings(wishes), defaults=DEFAULT_LIMIT)
        for name in (*wishes.models, *(wishes.audit_models or ())):
            _require(name, self.names, "network")
        parse_keep(wishes.keep)
        _secrets(wishes)
        if wishes.lanes is not None and not 1 <= wishes.lanes <= MAX_LANES:
            raise UnseenError(f"lanes is {wishes.lanes}; give 1 to {MAX_LANES}")

    def protection(self, wishes: Wishes, *, alone: bool) -> tuple[Protection, str]:
        """The protection that is wished for, and the name of its scheme.

        Args:
            alone: whether one photo is computed by itself, for which the command takes one lane.

        Raises:
            UnseenError: wishes that do not go together.
        """
        pictures, scheme = way_named(
            self._way(wishes), self._settings(wishes), defaults=DEFAULT_LIMIT, device=chosen_device(self.device)
        )
        secrets = _secrets(wishes)
        if secrets:
            require_hiding(scheme)
        surrogates = self.named(wishes.models or self.models)
        judges = self._judges(wishes)
        held_out, _ = load_held_out(self.named(judges) if judges else (), surrogates, scheme, pictures=pictures)
        protection = Protection(
            scheme=scheme,
            pictures=pictures,
            surrogates=surrogates,
            held_out=held_out,
            seed=wishes.seed,
            format=wishes.format,
            quality=wishes.quality,
            keep=parse_keep(wishes.keep),
            lanes=wishes.lanes or (1 if alone else LANES),
            hide=secrets,
        )
        return protection, way_name(pictures, scheme)

    def _judges(self, wishes: Wishes) -> Sequence[str]:
        """Those asked for; else those of the server, and of its other networks all that are not protected against."""
        if wishes.audit_models is not None:
            return wishes.audit_models
        return self.names if wishes.models else self.audit_models

    def _way(self, wishes: Wishes) -> str:
        """What `way_named` takes, from names that are offered; the plus between them is a space in a query."""
        parts = scheme_parts(wishes.scheme.replace(" ", "+"))
        return "+".join(self.ways[_require(part, self.ways, "way to protect")] for part in parts)

    def _settings(self, wishes: Wishes) -> Mapping[str, object]:
        for name in PATHS & set(wishes.settings):
            raise UnseenError(f"{name} names a file, which a request cannot; a server offers files by name (--way)")
        if wishes.strength is None:
            return wishes.settings
        if "epsilon" in wishes.settings:
            raise UnseenError("strength and epsilon say the same; give one of them")
        return {**wishes.settings, "epsilon": STRENGTHS[_require(wishes.strength, STRENGTHS, "strength")]}


def _secrets(wishes: Wishes) -> tuple[Secret, ...]:
    return tuple(secret for text in wishes.hide for secret in hidden_names(text, "hide"))


def _require(name: str, offered: Iterable[str], kind: str) -> str:
    if name not in (known := tuple(offered)):
        raise UnseenError(f"no {kind} {name!r} is offered here; {nearest(name, known)}")
    return name
