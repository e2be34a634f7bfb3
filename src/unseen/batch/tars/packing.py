"""A tar anew: what is no photo byte for byte, copies in the place of photos; the same copies make the same bytes."""

import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath

from unseen.batch.tars.names import is_hidden, is_photo, known_as, sample_of
from unseen.batch.tars.opening import members, opened, status_of
from unseen.batch.tars.packed import Copied
from unseen.errors import PhotoError
from unseen.report.layout import Status

_PART = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of a photo of a tar.

    Attributes:
        name: of its copy in the tar; None where there is none.
        mark: of its copy.
    """

    status: Status
    name: str | None = None
    mark: str | None = None


@dataclass(frozen=True, kw_only=True)
class Packing:
    """One tar to be packed.

    Attributes:
        source: the tar that the photos came from.
        settled: what came of each photo, by its name in there.
        copy: gives a copy by its name.
        copied: filled with where each copy is, while the bytes are made.
    """

    source: PurePath
    settled: Mapping[str, Settled]
    copy: Callable[[str], bytes]
    copied: dict[str, Copied] = field(default_factory=dict)

    def parts(self) -> Iterator[bytes]:
        """The tar's bytes, piece by piece; at most one photo is in memory.

        Samples of which a photo failed are left out, and so is what is no file, such as a link, and hidden photos.

        Raises:
            PhotoError: the tar of the photos cannot be read, or is not what it was.
        """
        try:
            yield from self._parts()
        except (OSError, tarfile.ReadError) as error:
            why = getattr(error, "strerror", None) or error
            raise PhotoError(self.source, f"cannot be read any more ({why})", "run again") from error

    def _parts(self) -> Iterator[bytes]:
        left_out = failed_samples(self.settled)
        written = 0
        with opened(self.source) as file:
            for info, tar in members(file, status_of(self.source)[0]):
                name = known_as(info.name)
                is_one = is_photo(info.name)
                if not info.isreg() or (is_one and is_hidden(info.name)) or sample_of(name) in left_out:
                    continue
                settled = self._settled(name) if is_one else None
                for part in self._member(info, tar, settled, written):
                    written += len(part)
                    yield part
        yield tarfile.NUL * (2 * tarfile.BLOCKSIZE + -(written + 2 * tarfile.BLOCKSIZE) % tarfile.RECORDSIZE)

    def _settled(self, name: str) -> Settled:
        if name not in self.settled:
            raise PhotoError(self.source, "was changed while its photos were protected", "run again")
        return self.settled[name]

    def _member(
        self, info: tarfile.TarInfo, tar: tarfile.TarFile, settled: Settled | None, start: int
    ) -> Iterator[bytes]:
        """Header, bytes and padding of one member, which starts there in the tar."""
        if settled is None or settled.name is None or settled.mark is None:
            yield _header(info.name, info.size)
            size = info.size
            yield from _read(info, tar)
        else:
            data = self.copy(settled.name)
            header, size = _header(_renamed(info.name, settled.name), len(data)), len(data)
            self.copied[settled.name] = Copied(offset=start + len(header), size=size, mark=settled.mark)
            yield header
            yield data
        yield tarfile.NUL * (-size % tarfile.BLOCKSIZE)


def failed_samples(settled: Mapping[str, Settled]) -> set[str]:
    """The keys of samples that are left out, because a photo of them has failed."""
    return {sample_of(name) for name, one in settled.items() if one.status == "failed"}


def _header(name: str, size: int) -> bytes:
    """As short as the name allows; nothing in it tells when or by whom it was written."""
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _renamed(name: str, copy: str) -> str:
    """A member's name with the suffix of its copy."""
    return name.removesuffix(PurePosixPath(name).suffix) + PurePosixPath(copy).suffix


def _read(info: tarfile.TarInfo, tar: tarfile.TarFile) -> Iterator[bytes]:
    file = tar.extractfile(info)
    while file is not None and (part := file.read(_PART)):
        yield part
