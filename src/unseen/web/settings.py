"""The parameters of requests, named as the command's flags are: made from the catalogue and from what is offered."""

import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from typing import Annotated, Any, Literal, TypeVar, get_origin

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator
from pydantic_core import PydanticCustomError

from unseen.catalogue import DEFAULT_SCHEME, DEFAULT_STRENGTH, scheme_parts, setting_type
from unseen.describing import setting_help, users_of_settings
from unseen.grid import LEVELS
from unseen.naming import nearest
from unseen.web.offer import MAX_LANES, PATHS, Offer
from unseen.web.problems import Problem
from unseen.web.refusals import short
from unseen.web.wishes import Wishes

MOST = 1000
"""What a setting that is a number may be at most in a request: more of it would only occupy the server."""

MOST_BY_SETTING: Mapping[str, int] = {
    "attempts": 20,
    "candidates": 50,
    "draws": 50,
    "knots": 12,
    "narrowings": 20,
    "targets": 20,
    "turns": 10,
    "views": 8,
}
"""The same for settings that memory grows with, or the time between two looks at whether a photo is still wanted."""

MOST_SEED = 2**63 - 1

MOST_PARTS = 4
"""Ways that may be joined to one."""

_LETTERS = 200


def _without_null(schema: dict[str, Any]) -> None:
    """What may be left out is never null: an address cannot say that. The description tells what happens then."""
    schema.pop("default", None)
    schema.update(next(kind for kind in schema.pop("anyOf") if kind.get("type") != "null"))


_OPTIONAL = Field(json_schema_extra=_without_null)
Whole = Annotated[int | None, _OPTIONAL]
Number = Annotated[float | None, Field(allow_inf_nan=False), _OPTIONAL]
Word = Annotated[str | None, Field(max_length=_LETTERS), _OPTIONAL]
Words = Annotated[list[Annotated[str, Field(max_length=_LETTERS)]], Field(max_length=50)]


class Parameters(BaseModel):
    """What every request with a photo takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str | None, _OPTIONAL] = Field(
        None,
        description="What the photo is called, where it is not the file of a form; folders are dropped.",
        examples=["holiday.jpg"],
    )


Given = TypeVar("Given", bound=Parameters)


class InspectParameters(Parameters):
    """Of `/v1/inspect`."""

    models: Words = Field([], alias="model", description="Network to ask, several times for several.  [default: all]")
    picture: Whole = Field(
        None, ge=16, le=2048, description="Longer side of a small JPEG of the photo, which comes back in base64."
    )


class ProtectParameters(Parameters):
    """Of `/v1/protect`, but for the settings of schemes, which `protect_parameters` adds."""

    scheme: str = Field(
        DEFAULT_SCHEME, max_length=_LETTERS, description="How to protect; crop+shield is one after the other."
    )
    models: Words = Field([], alias="model", description="Network to protect against; all given ones together.")
    audit_models: Words = Field(
        [], alias="audit-model", description="Network that only judges; given once and empty: none."
    )
    label: Word = Field(None, description="What is in the photo (index, synset or name).  [default: what networks see]")
    hide: Words = Field(
        [],
        description="Hide only these: classes or groups of them, such as dog,bedroom; "
        "a photo without any of them is left untouched.",
        examples=[["dog,bedroom"]],
    )
    strength: Annotated[Literal["low", "medium", "high"] | None, _OPTIONAL] = Field(
        None, description=f"How much a photo may change.  [default: {DEFAULT_STRENGTH}]"
    )
    epsilon: Number = Field(None, ge=1, le=LEVELS, description="The same as a number of 8-bit levels.")
    seed: int = Field(0, ge=-MOST_SEED, le=MOST_SEED, description="Decides random choices, such as the target.")
    quality: Whole = Field(
        None, ge=1, le=100, description="Of lossy copies.  [default: the original's, or what the protection needs]"
    )
    format: Literal["keep", "png", "jpeg", "webp"] = Field("keep", description="Format of the copy.")
    keep: str = Field(
        "", max_length=_LETTERS, description="Metadata to keep: date, copyright or all, joined by commas."
    )
    lanes: Whole = Field(
        None,
        ge=1,
        le=MAX_LANES,
        description="Photos computed at a time, which decides the last bit of the arithmetic.  "
        "[default: 1 for a photo that is alone, as the command has it, and 4 for several]",
    )

    @field_validator("scheme")
    @classmethod
    def _require_few(cls, scheme: str) -> str:
        if len(scheme_parts(scheme.replace(" ", "+"))) > MOST_PARTS:
            raise PydanticCustomError("too_many_parts", f"give at most {MOST_PARTS} ways, joined by +")
        return scheme


def inspect_parameters(offer: Offer) -> type[InspectParameters]:
    """The parameters of `/v1/inspect` on one server."""
    models = _narrowed(InspectParameters, "models", items={"type": "string", "enum": list(offer.names)})
    return create_model("InspectParameters", __base__=InspectParameters, models=models)


def protect_parameters(offer: Offer) -> type[ProtectParameters]:
    """The parameters of `/v1/protect` on one server: the settings of all schemes as well, and names in lists."""
    ways, names = "|".join(offer.ways), list(offer.names)
    fields = {name: _setting(name, users) for name, users in _users().items()} | {
        "scheme": _narrowed(ProtectParameters, "scheme", pattern=f"^({ways})([+ ]({ways})){{0,{MOST_PARTS - 1}}}$"),
        "models": _narrowed(ProtectParameters, "models", items={"type": "string", "enum": names}),
        "audit_models": _narrowed(ProtectParameters, "audit_models", items={"type": "string", "enum": ["", *names]}),
    }
    return create_model("ProtectParameters", __base__=ProtectParameters, **fields)  # type: ignore[call-overload]


def wishes_of(given: ProtectParameters) -> Wishes:
    """What a request asks for."""
    own = {name: getattr(given, name) for name in (*_users(), "epsilon")}
    return Wishes(
        scheme=given.scheme,
        settings={name: value for name, value in own.items() if value is not None},
        strength=given.strength,
        models=tuple(given.models),
        audit_models=tuple(filter(None, given.audit_models)) if given.audit_models else None,
        label=given.label,
        hide=tuple(given.hide),
        seed=given.seed,
        quality=given.quality,
        format=given.format,
        keep=given.keep,
        lanes=given.lanes,
    )


def is_parameter(setting: str) -> bool:
    """Whether a setting of a scheme is a parameter of its own."""
    return setting in _users()


def read_as(model: type[Given]) -> Callable[..., Awaitable[Given]]:
    """A dependency of routes that reads the parameters of a request."""

    async def read(asked: Any, _: Annotated[None, Depends(_known_and_single(model))]) -> Any:
        return asked

    read.__annotations__["asked"] = Annotated[model, Query()]
    return read


def _known_and_single(model: type[Parameters]) -> Callable[[Request], Awaitable[None]]:
    """A dependency that refuses parameters which nobody would read.

    Raises:
        Problem: an unknown one, one that is given twice and has one value, or one with letters that nobody can see.
    """
    known = {field.alias or name: field for name, field in model.model_fields.items()}

    async def checked(request: Request) -> None:
        for name in dict.fromkeys(request.query_params):
            values = request.query_params.getlist(name)
            hidden = [value for value in values if any(unicodedata.category(letter) == "Cc" for letter in value)]
            if name not in known:
                raise Problem(422, f"unknown parameter {short(name)}", nearest(name, known))
            if len(values) > 1 and get_origin(known[name].annotation) is not list:
                raise Problem(422, f"{name} is given {len(values)} times", "keep one of them")
            if name != "name" and hidden:
                raise Problem(422, f"{name} is {short(hidden[0])}", "leave out control characters")

    return checked


def _users() -> dict[str, list[str]]:
    """Setting -> the schemes that have it, but for those that name files: requests name none."""
    return {name: users for name, users in users_of_settings().items() if name not in PATHS}


def _setting(name: str, users: list[str]) -> tuple[Any, Any]:
    """A setting of schemes as a parameter."""
    kind = setting_type(users[0], name)
    most = MOST_BY_SETTING.get(name, MOST)
    bounds: dict[str, Any] = {} if kind is str else {"ge": -most, "le": most}
    types = {int: Whole, float: Number, str: Word}
    return types[kind], Field(None, alias=name.replace("_", "-"), description=setting_help(name, users), **bounds)


def _narrowed(model: type[Parameters], name: str, **schema: Any) -> tuple[Any, Any]:
    """A field whose description says more; what it says is checked by the offer, which knows the nearest name."""
    field = copy(model.model_fields[name])
    field.json_schema_extra = schema
    return field.annotation, field
