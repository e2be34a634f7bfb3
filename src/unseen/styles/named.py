"""Named styles: `style:woodblock`, which needs no weights, `style:hayao`, `style:ukiyoe`, and files of your own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from unseen.errors import ModelError, UnseenError
from unseen.models.download import fetch, sha256_of
from unseen.models.options import ModelOptions, model_options
from unseen.models.spec import NOT_STATED
from unseen.models.weights import WeightsFile, given_weights
from unseen.naming import nearest, parse_name
from unseen.styles.loading import load_generator
from unseen.styles.style import Style, StyleSpec
from unseen.styles.woodblock import NO_NETWORK, Woodblock

PREFIX = "style:"
"""What the names begin with where schemes of other kinds have names too."""

_KINDS: Mapping[str, tuple[tuple[type, ...], str]] = {
    "strength": ((int, float), "a number from 0 to 1"),
    "keep_colour": ((bool,), "true or false"),
    "edge": ((int,), "a whole number of pixels"),
    "tones": ((int,), "a whole number of tones"),
}
_TRUTHS: Mapping[str, bool] = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class NamedStyle:
    """A style that a user can ask for by name.

    Attributes:
        architecture: a key of `unseen.styles.loading.ARCHITECTURES`, or None where no network paints.
        about: what it looks like, in a few words.
        url: of its weights, or None where the user brings them.
        sha256: of that file, or None where nobody has recorded it: then it is not verified.
        licence: of that file, in human words.
    """

    architecture: str | None
    about: str
    url: str | None = None
    sha256: str | None = None
    licence: str = NOT_STATED


STYLES: Mapping[str, NamedStyle] = {
    "woodblock": NamedStyle(architecture=None, about="a woodblock print by image processing, no neural network"),
    "hayao": NamedStyle(
        architecture="cartoongan",
        about="hand-drawn animation after Hayao Miyazaki, by CartoonGAN",
        url=(
            "https://huggingface.co/akiyamasho/AnimeBackgroundGAN-Miyazaki/resolve/"
            "c93786c4e4766e43afd2949ca7314ccad61f1d79/miyazaki_hayao.pth"
        ),
        licence="MIT, say those who converted and host it; the authors of CartoonGAN state none",
    ),
    "ukiyoe": NamedStyle(
        architecture="cyclegan",
        about="Japanese woodblock prints, by CycleGAN",
        url="http://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models/style_ukiyoe.pth",
        licence="none stated for the weights; the code that made them is BSD-2-Clause",
    ),
    "cartoongan": NamedStyle(architecture="cartoongan", about="any CartoonGAN generator of your own"),
    "cyclegan": NamedStyle(architecture="cyclegan", about="any CycleGAN generator of your own"),
}
"""Styles by name."""


def style_named(text: str, settings: Mapping[str, Any] | None = None, *, device: str = "cpu") -> Style | Woodblock:
    """The style of `hayao`, `style:hayao?strength=0.7&keep_colour=true` or `cyclegan?weights=FILE&sha256=…`.

    Args:
        text: one of `STYLES`, with or without `PREFIX`, and options.
        settings: such as `strength` and `keep_colour`, already of the right type; they outrank the options.
        device: where its network computes.

    Raises:
        UnseenError: an unknown style or option, or a setting out of range.
        ModelError: weights that cannot be had, are damaged or of another architecture.
    """
    base, options = parse_name(text)
    base = base.removeprefix(PREFIX)
    if base not in STYLES:
        raise UnseenError(f"unknown style {base!r}; {nearest(base, STYLES)}")
    style, sorted_options = STYLES[base], model_options(options)
    kind = Woodblock if style.architecture is None else Style
    chosen = _chosen(base, sorted_options, [field.name for field in fields(kind) if field.metadata])
    made_of = _made_of(text, base, sorted_options, device)
    try:
        return kind(**{**made_of, **chosen, **(settings or {})})
    except ValueError as error:
        raise UnseenError(f"style {base!r}: {error}") from error


def _made_of(text: str, base: str, options: ModelOptions, device: str) -> dict[str, Any]:
    """What a style has besides its settings: where it comes from, and its network if one paints."""
    style = STYLES[base]
    if style.architecture is None:
        if options.weights:
            raise ModelError(f"style {base!r} has no network and takes no weights; leave out weights=...")
        return {"spec": replace(NO_NETWORK, name=text)}
    file = given_weights(options) or _own_weights(base, style)
    licence = NOT_STATED if options.weights else style.licence
    spec = StyleSpec(name=text, source=file.source, sha256=file.sha256, licence=licence)
    return {"spec": spec, "generator": load_generator(file.path, style.architecture).to(device)}


def _own_weights(name: str, style: NamedStyle) -> WeightsFile:
    if style.url is None:
        raise ModelError(f"style {name!r} has no weights of its own; give {PREFIX}{name}?weights=FILE")
    path = fetch(style.url, style.sha256)
    return WeightsFile(path=path, source=style.url, sha256=sha256_of(path))


def _chosen(style: str, options: ModelOptions, known: Sequence[str]) -> dict[str, Any]:
    """The settings among the options, in their types; `known` are those that the style has."""
    given = {key.replace("-", "_"): value for key, value in {**options.preprocessing, **options.arguments}.items()}
    chosen: dict[str, Any] = {}
    for name, said in given.items():
        if name not in known:
            raise UnseenError(f"style {style!r} has no setting {name!r}; {nearest(name, known)}")
        kinds, noun = _KINDS[name]
        value = _TRUTHS.get(str(said).lower(), said)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UnseenError(f"style {style!r}: {name} is {value!r}; give {noun}")
        chosen[name] = value
    return chosen
