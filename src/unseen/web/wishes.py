"""What a request asks for, in the words of the command's flags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unseen.catalogue import DEFAULT_SCHEME


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a photo is to be protected; what is not given is as the command has it.

    Attributes:
        scheme: names of ways that the server offers, joined by `+`.
        settings: of the scheme, by field name, lengths in 8-bit levels; the limit is `epsilon`.
        strength: the limit in a word.
        models: networks to protect against; none means the server's own choice.
        audit_models: networks that only judge; None means the server's own choice.
        label: what is in the photo.
        hide: names of classes and groups, each of which may be several joined by commas.
        keep: words joined by commas.
        lanes: batch shape; None is 1 for a photo that is computed alone, and the usual number for several.
    """

    scheme: str = DEFAULT_SCHEME
    settings: Mapping[str, Any] = field(default_factory=dict)
    strength: str | None = None
    models: tuple[str, ...] = ()
    audit_models: tuple[str, ...] | None = None
    label: str | None = None
    hide: tuple[str, ...] = ()
    seed: int = 0
    quality: int | None = None
    format: str = "keep"
    keep: str = ""
    lanes: int | None = None

    @property
    def company(self) -> tuple[Any, ...]:
        """What photos must have in common to be computed together: all but the label."""
        own = {name: value for name, value in vars(self).items() if name not in ("settings", "label")}
        return (*sorted(own.items()), *sorted(self.settings.items()))
