"""What becomes of a copy out there, in brief: networks that had no part in it read it as it may be shared."""

from collections.abc import Sequence

from unseen.audit import audit
from unseen.errors import UnseenError
from unseen.photo import Photo
from unseen.protect.protection import Protection, Work
from unseen.report.layout import Row
from unseen.threats import Preset, Threat
from unseen.watch import GivenUpError


def audited(
    work: Work, photo: Photo, copy: Photo, protection: Protection, presets: Sequence[Preset]
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The rows of a photo and its copy as written, and one note on each way that could not be tried.

    A network that knows nothing of what is to be hidden has nothing to say.

    Args:
        work: who judges the photo by which class.
        photo: the original.
        copy: the file that was made of it, decoded again.
        presets: ways in which the two come to be read.
    """
    references = dict(zip(protection.networks, work.references, strict=True))
    judges = [network for network in protection.held_out if not protection.hide or protection.meant(network)]
    rows: list[Row] = []
    notes = []
    for preset in presets:
        threats = [Threat(network=network, role="held-out", preset=preset) for network in judges]
        try:
            rows += audit(
                str(work.job.source), {"original": [photo.srgb], "protected": [copy.srgb]}, threats, references
            )
        except GivenUpError:
            raise
        except UnseenError as error:  # such as a panorama that is too long for a JPEG
            notes.append(f"not read when {preset.meaning}: {error}")
    return tuple(rows), tuple(notes)
