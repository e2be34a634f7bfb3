"""Names of photos and folders on the command line: paths of this machine, or addresses of object stores."""

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

import click

from unseen.address import Address, holds, is_address, named
from unseen.batch import AnyPlace, Place, TarPlace


class Named(click.Path):
    """A path as `click.Path` checks it, or an address."""

    def __init__(self, *, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, file_okay=file_okay, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        """The name as a path, or as an `Address`."""
        if not isinstance(value, str):
            return super().convert(value, param, context)
        if not is_address(value):
            return super().convert(str(named(value)), param, context)
        if not holds(value):
            self.fail(f"{value} is no address; write such as s3://bucket/album, with single strokes", param, context)
        return named(value)


def place_for(output: PurePath) -> Place:
    """Where photos come from and copies go; tars are put together on disks only."""
    return AnyPlace() if isinstance(output, Address) else TarPlace(AnyPlace(), Path(output))


def require_folder(paths: Iterable[PurePath], output: PurePath | None) -> None:
    """Refuse photos in an object store without a folder for their copies.

    Raises:
        click.UsageError: such a photo.
    """
    address = next((path for path in paths if isinstance(path, Address)), None)
    if output is None and address is not None:
        raise click.UsageError(f"{address}: copies beside the photos are for files on a disk; give -o")
