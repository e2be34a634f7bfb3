"""`/v1/models` and `/v1/schemes`: what there is to choose from."""

from fastapi import APIRouter

from unseen.catalogue import (
    DEFAULT_SCHEME,
    PICTURES,
    STRENGTHS,
    WAYS,
    in_levels,
    scheme_parts,
    scheme_settings,
    setting_type,
)
from unseen.describing import about
from unseen.models import Network
from unseen.naming import parse_name
from unseen.styles import STYLES
from unseen.styles.named import PREFIX
from unseen.web.answers import (
    NetworkOffered,
    NetworksOffered,
    SchemeOffered,
    SchemesOffered,
    SettingOffered,
    role_of,
)
from unseen.web.description import errors
from unseen.web.settings import is_parameter
from unseen.web.studio import Studio

_TYPES = {int: "integer", float: "number", str: "string"}


def offered_routes(studio: Studio) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/v1", tags=["what there is"])

    @router.get("/models", responses=errors(503))
    async def models() -> NetworksOffered:
        """The networks of this server."""
        await studio.ready()
        return NetworksOffered(models=[_network(network, studio) for network in studio.offer.networks])

    @router.get("/schemes", responses=errors())
    async def schemes() -> SchemesOffered:
        """The ways to protect, and the settings of each."""
        ways = [_scheme(name, text) for name, text in studio.offer.ways.items()]
        return SchemesOffered(default=DEFAULT_SCHEME, strengths=dict(STRENGTHS), schemes=ways)

    return router


def _network(network: Network, studio: Studio) -> NetworkOffered:
    size = network.preprocessing.size
    return NetworkOffered(
        name=network.name,
        role=role_of(network.name, studio.offer.models),
        classes=len(network.class_names),
        input_size=None if size is None else list(size),
        licence=network.spec.licence,
        source=network.spec.source,
    )


def _scheme(name: str, text: str) -> SchemeOffered:
    """A way, by its last part: that is the noise, where there is one."""
    last = parse_name(scheme_parts(text)[-1])[0]
    if last.startswith(PREFIX):
        told = STYLES[last.removeprefix(PREFIX)].about
        return SchemeOffered(name=name, about=told, kind="style", hides=False, has_strength=False, settings=[])
    kind = WAYS[last]
    return SchemeOffered(
        name=name,
        about=about(kind),
        kind="picture" if last in PICTURES else "noise",
        hides=hasattr(kind, "hiding"),
        has_strength=any(field.name == "epsilon" for field in scheme_settings(last)),
        settings=_settings(last),
    )


def _settings(scheme: str) -> list[SettingOffered]:
    return [
        SettingOffered(
            name=field.name.replace("_", "-"),
            type=_TYPES[setting_type(scheme, field.name)],  # type: ignore[arg-type]
            default=in_levels(field),
            unit="levels" if field.metadata["levels"] else None,
            meaning=field.metadata["meaning"],
        )
        for field in scheme_settings(scheme)
        if is_parameter(field.name)
    ]
