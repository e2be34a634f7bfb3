"""What the routes answer as JSON, field by field; what OpenAPI tells is made from these classes."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from unseen.report import to_json
from unseen.report.layout import Answer, Report, Role
from unseen.report.pictures import Preview
from unseen.web.looking import Looked
from unseen.web.ticket import Finished


@dataclass(frozen=True, kw_only=True)
class NetworkReading:
    """What one network reads in a photo.

    Attributes:
        role: by the server's defaults, "surrogate" for a network that photos are protected against.
        ice: entropy of the answer, in nats: 0 where the network is certain, the logarithm of `classes` where it has no
            idea.
    """

    name: str
    role: Role
    ice: float
    classes: int
    top5: list[Answer]


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What a photo tells.

    Attributes:
        format: by its content.
        metadata: what the file tells beside its pixels, such as "GPS position".
        picture: a small JPEG in base64, where it was asked for.
    """

    name: str
    width: int
    height: int
    format: Literal["jpeg", "png", "webp", "avif", "tiff", "heic"]
    metadata: list[str]
    notes: list[str]
    models: list[NetworkReading]
    picture: str | None


@dataclass(frozen=True, kw_only=True)
class Previews:
    """Small JPEGs in base64.

    Attributes:
        noise: what was changed, on grey, `amplification` times stronger; null where the sizes differ.
    """

    before: str
    after: str
    noise: str | None
    amplification: int | None


@dataclass(frozen=True, kw_only=True)
class ProtectedPhoto:
    """What came of a photo.

    Attributes:
        report: what `unseen protect --json` prints.
        name: the copy's.
        photo: the copy's file in base64; null where the photo is left untouched.
        type: the copy's media type; null where there is none.
    """

    report: Report
    name: str
    photo: str | None
    type: str | None
    previews: Previews | None


@dataclass(frozen=True, kw_only=True)
class NetworkOffered:
    """A network of the server.

    Attributes:
        role: "surrogate" where photos are protected against it by default, "held-out" where it judges.
        input_size: height and width, or null where it decides itself.
    """

    name: str
    role: Role
    classes: int
    input_size: list[int] | None
    licence: str
    source: str


@dataclass(frozen=True, kw_only=True)
class NetworksOffered:
    """All networks of the server."""

    models: list[NetworkOffered]


@dataclass(frozen=True, kw_only=True)
class SettingOffered:
    """A parameter of `/v1/protect`.

    Attributes:
        default: as the parameter would be given.
        unit: "levels" of 255, or null.
    """

    name: str
    type: Literal["integer", "number", "string"]
    default: int | float | str | None
    unit: Literal["levels"] | None
    meaning: str


@dataclass(frozen=True, kw_only=True)
class SchemeOffered:
    """A way to protect.

    Attributes:
        kind: whether it adds noise, makes another picture, or repaints it.
        hides: whether it can hide named things.
        has_strength: whether `strength` and `epsilon` limit it.
    """

    name: str
    about: str
    kind: Literal["noise", "picture", "style"]
    hides: bool
    has_strength: bool
    settings: list[SettingOffered]


@dataclass(frozen=True, kw_only=True)
class SchemesOffered:
    """All ways to protect; strengths in levels of 255."""

    default: str
    strengths: dict[str, float]
    schemes: list[SchemeOffered]


@dataclass(frozen=True, kw_only=True)
class Health:
    """Whether the server runs, and whether its networks are loaded."""

    status: Literal["ok"]
    version: str
    networks: Literal["loading", "ready"]


def inspected(looked: Looked, surrogates: tuple[str, ...]) -> Inspected:
    """What was seen, as it is told.

    Args:
        surrogates: the networks that the server protects against by default.
    """
    height, width = looked.size
    return Inspected(
        name=looked.name,
        width=width,
        height=height,
        format=looked.format,  # type: ignore[arg-type]
        metadata=list(looked.metadata),
        notes=list(looked.notes),
        models=[
            NetworkReading(
                name=network.name,
                role=role_of(network.name, surrogates),
                ice=read.ice,
                classes=len(network.class_names),
                top5=list(read.top5),
            )
            for network, read in looked.readings
        ],
        picture=None if looked.picture is None else encoded(looked.picture),
    )


def protected_photo(finished: Finished) -> dict[str, Any]:
    """`ProtectedPhoto`, ready for JSON: the report is written by what writes the command's."""
    return {
        "report": json.loads(to_json(finished.report)),
        "name": finished.name,
        "photo": None if finished.data is None else encoded(finished.data),
        "type": None if finished.data is None else media_type(finished),
        "previews": None if finished.preview is None else _previews(finished.preview),
    }


def media_type(finished: Finished) -> str:
    """The type of a copy, such as "image/jpeg"."""
    return f"image/{finished.format}"


def role_of(name: str, surrogates: tuple[str, ...]) -> Role:
    """A network's role by the server's defaults."""
    return "surrogate" if name in surrogates else "held-out"


def encoded(data: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(data).decode("ascii")


def _previews(preview: Preview) -> dict[str, Any]:
    return {
        "before": encoded(preview.before),
        "after": encoded(preview.after),
        "noise": None if preview.noise is None else encoded(preview.noise),
        "amplification": preview.amplification,
    }
