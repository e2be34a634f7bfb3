"""Pairs of files in, rows out: one photo at a time, whatever happens to the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from unseen.audit.noise import sign_noise
from unseen.audit.pairs import Pair
from unseen.audit.readers import Readers
from unseen.audit.rows import audit
from unseen.errors import one_line_on
from unseen.models import Network
from unseen.photo import read_photo
from unseen.photo.photo import Pixels, same_channels
from unseen.reading import answer, reference_of
from unseen.report.layout import Row, Version
from unseen.threats import Preset, Threat


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One pair done.

    Attributes:
        rows: none where it failed.
        problems: one line each on what could not be done, of all of it or of a part.
    """

    pair: Pair
    rows: tuple[Row, ...] = ()
    problems: tuple[str, ...] = ()


def audit_pairs(
    pairs: Iterable[Pair], readers: Readers, presets: Sequence[Preset], *, seed: int = 0
) -> Iterator[Audited]:
    """Read each pair with every network in every way; a pair that cannot be read is told, and the others go on.

    Args:
        presets: those that average several copies are for pairs that have some.
        seed: of the random noise.
    """
    for pair in pairs:
        try:
            yield _audited(pair, readers, presets, seed)
        except Exception as error:
            yield Audited(pair=pair, problems=(one_line_on(pair.original, error),))


def _audited(pair: Pair, readers: Readers, presets: Sequence[Preset], seed: int) -> Audited:
    original = read_photo(pair.original).srgb
    copies = [read_photo(copy).srgb for copy in pair.copies]
    references = references_of(pair.label, tuple(readers.roles), original)
    versions: dict[Version, Sequence[Pixels]] = {"original": [original], "protected": copies}
    problems = []
    if any(copy.shape[:2] != copies[0].shape[:2] for copy in copies):
        problems.append(f"{pair.original}: its copies have different sizes, so their mean is not tried")
        versions["protected"] = copies = copies[:1]
    if copies[0].shape[:2] == original.shape[:2]:
        versions["noise"] = [
            sign_noise(*same_channels(original, copy), seed=seed + number) for number, copy in enumerate(copies)
        ]
    else:
        sizes = " and ".join(f"{pixels.shape[1]}x{pixels.shape[0]}" for pixels in (original, copies[0]))
        problems.append(f"{pair.original}: it and its copy have different sizes ({sizes}); read without noise beside")
    threats = [
        Threat(network=network, role=role, preset=preset)
        for preset in presets
        if not preset.averaged or len(copies) > 1
        for network, role in readers.roles.items()
    ]
    return Audited(pair=pair, rows=audit(str(pair.original), versions, threats, references), problems=tuple(problems))


def references_of(label: str | None, networks: Sequence[Network], original: Pixels) -> dict[Network, int]:
    """The class that each network judges a photo by: the given one in the words of the first, else its own answer.

    Raises:
        UnseenError: the first network does not know the label.
    """
    return {network: reference_of(label, networks[0], network, answer(network, original)) for network in networks}
