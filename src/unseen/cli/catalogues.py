"""`unseen models` and `unseen schemes`: what there is to choose from."""

from dataclasses import fields

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from unseen.catalogue import DEFAULT_SCHEME, DEFAULT_STRENGTH, PICTURES, SCHEMES, STRENGTHS, in_levels, scheme_settings
from unseen.cli.options import flag
from unseen.cli.terminal import console
from unseen.describing import about
from unseen.models.zoo import list_models
from unseen.styles import STYLES, NamedStyle, Style, Woodblock
from unseen.styles.named import PREFIX


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
def models(names: tuple[str, ...]) -> None:
    """List the networks that come with unseen, and any others by NAME; nothing is loaded or downloaded.

    NAME is lite0, lite1, lite2, timm:NAME, torchvision:NAME or file.py:function, with options after a question mark:
    'timm:deit_tiny_patch16_224?weights=deit.safetensors&mean=0.5'.
    """
    result = Table("Name", "Input", "Parameters", "Licence", "Weights from", "Here", box=SIMPLE_HEAD)
    for model in list_models(names):
        size = "its own" if model.input_size is None else "×".join(map(str, model.input_size))
        count = "" if model.parameters is None else f"{model.parameters / 1e6:.1f} M"
        result.add_row(model.name, size, count, model.licence, model.source, "yes" if model.here else "no")
    console().print(result)


@click.command()
def schemes() -> None:
    """List the ways to protect and their settings, with what `unseen protect` takes where they are not given.

    Several are joined by a plus, as in crop+enhance+uniform; those that make another picture come first.
    """
    for name, scheme in SCHEMES.items():
        _tell_scheme(name, scheme)
    click.echo("\nPictures: no network is asked; alone, or before a scheme as in crop+uniform.")
    for name, scheme in PICTURES.items():
        _tell_scheme(name, scheme)
    click.echo("\nStyles: pictures too, most repainted by a network that the user brings or that is downloaded once.")
    for name, style in STYLES.items():
        click.echo(f"{PREFIX}{name}: {style.about}; {_weights_of(style)}")
    for field in {field.name: field for kind in (Style, Woodblock) for field in fields(kind)}.values():
        if field.metadata:
            told = "" if field.default is None else f" [{str(field.default).lower()}]"
            click.echo(f"    {f'?{field.name}=':18} {field.metadata['meaning']}{told}")
    click.echo(f"    {'?weights=':18} a file of your own, .pth or .safetensors")


def _weights_of(style: NamedStyle) -> str:
    if style.architecture is None:
        return "needs no weights"
    return f"weights: {style.licence}" if style.url else "give weights=FILE"


def _tell_scheme(name: str, scheme: type) -> None:
    default = " (default)" if name == DEFAULT_SCHEME else ""
    click.echo(f"{name}{default}: {about(scheme)}")
    for field in scheme_settings(name):
        if field.name == "lanes":
            continue
        unit = " levels" if field.metadata["levels"] else ""
        value = (
            f"{STRENGTHS[DEFAULT_STRENGTH]:g}"
            if field.name == "epsilon" and field.default is not None
            else in_levels(field)
        )
        told = "" if value is None else f" [{value}{unit}]"
        click.echo(f"    {flag(field.name):18} {field.metadata['meaning']}{told}")
