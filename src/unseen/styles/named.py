"""Named styles: `style:woodblock`, which needs no weights, `style:hayao`, `style:ukiyoe`, and files of your own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from unseen.errors import ModelError, UnseenError
from unseen.models.download import fetch, sha256_of
from unseen.models.options import ModelOptions, model_options
from unseen.models.spec import NOT_STATED
from unseen.models.weights import WeightsFile, given_weights
from unseen.naming import is_url, nearest, parse_name
from unseen.styles.loading import load_generator
from unseen.styles.style import Style, StyleSpec, require_style_setting
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
    base, options, chosen = _asked(text)
    chosen |= settings or {}
    made: Callable[..., Style | Woodblock]
    if STYLES[base].architecture is None:
        made = partial(Woodblock, spec=replace(NO_NETWORK, name=text))
    else:
        made = partial(Style, **_painter(text, base, options, device))
    try:
        return made(**chosen)
    except ValueError as error:
        raise UnseenError(f"style {base!r}: {error}") from error


def _painter(text: str, base: str, options: ModelOptions, device: str) -> dict[str, Any]:
    """The network of a style, and where it comes from."""
    style = STYLES[base]
    file = given_weights(options) or _own_weights(base, style)
    licence = NOT_STATED if options.weights else style.licence
    spec = StyleSpec(name=text, source=file.source, sha256=file.sha256, licence=licence)
    return {"spec": spec, "generator": load_generator(file.path, str(style.architecture)).to(device)}


def check_style(text: str) -> None:
    """Refuse what `style_named` would refuse before it reads weights; nothing is loaded and nothing downloaded.

    Raises:
        UnseenError: an unknown style or option, or a setting out of range.
        ModelError: a file of weights that is not there, cannot be read or is not the one that was meant.
    """
    base, options, _ = _asked(text)
    if STYLES[base].architecture is None:
        return
    if options.weights is None:
        _url_of(base, STYLES[base])
    elif not is_url(options.weights):
        given_weights(options)


def _asked(text: str) -> tuple[str, ModelOptions, dict[str, Any]]:
    """A style's name without prefix, its options, and the settings among them."""
    name, options = parse_name(text)
    base = name.removeprefix(PREFIX)
    if base not in STYLES:
        raise UnseenError(f"unknown style {base!r}; {nearest(base, STYLES)}")
    sorted_options = model_options(options)
    kind = Woodblock if STYLES[base].architecture is None else Style
    if kind is Woodblock and sorted_options.weights:
        raise ModelError(f"style {base!r} has no network and takes no weights; leave out weights=...")
    chosen = _chosen(base, sorted_options, [field.name for field in fields(kind) if field.metadata])
    return base, sorted_options, chosen


def _own_weights(name: str, style: NamedStyle) -> WeightsFile:
    url = _url_of(name, style)
    path = fetch(url, style.sha256)
    return WeightsFile(path=path, source=url, sha256=sha256_of(path))


def _url_of(name: str, style: NamedStyle) -> str:
    if style.url is None:
        raise ModelError(f"style {name!r} has no weights of its own; give {PREFIX}{name}?weights=FILE")
    return style.url


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
        try:
            require_style_setting(name, value)
        except ValueError as error:
            raise UnseenError(f"style {style!r}: {error}") from error
        chosen[name] = value
    return chosen
