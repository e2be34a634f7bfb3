"""What `unseen protect` is to protect: found at once beside the originals, and as it goes into a folder of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath

from unseen.address import Address
from unseen.batch import SAMPLE, Sample, has_record, require_photos, sampled, walk
from unseen.batch.tars.names import is_compressed, is_tar
from unseen.errors import UnseenError
from unseen.looking import is_folder
from unseen.plan import Job, labels_among, plan


@dataclass(frozen=True, kw_only=True)
class Photos:
    """What was found.

    Attributes:
        jobs: all photos, where the copies go beside them.
        sample: of photos whose copies go into a folder: the first few, or some from among all.
        used: labels of photos among these.
        resumes: whether the folder for the copies holds the record of a former run.
    """

    jobs: tuple[Job, ...] = ()
    sample: Sample = field(default_factory=lambda: Sample(SAMPLE))
    used: tuple[str, ...] = ()
    resumes: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is only one photo."""
        return len(self.jobs) + self.sample.found == 1


def found_photos(
    paths: tuple[PurePath, ...], output: PurePath | None, labels: Mapping[PurePath, str], *, count: bool
) -> Photos:
    """Look for photos.

    Args:
        output: where the copies go; None beside each photo.
        count: whether to look for all, and not only for the first few.

    Raises:
        UnseenError: a folder or a tar that cannot be read or holds none, or a tar whose copies have nowhere to go.
    """
    _require_readable_tars(paths, output)
    if output is None:
        jobs = tuple(dict.fromkeys(plan(map(Path, paths), None, labels)))
        return Photos(jobs=jobs, used=tuple(job.label for job in jobs if job.label))
    require_photos(paths, output)
    entries = walk(paths, output, labels)
    sample = sampled(entries if count else islice(entries, SAMPLE))
    used = tuple(dict.fromkeys(labels_among(labels, paths)))
    return Photos(sample=sample, used=used, resumes=has_record(output))


def _require_readable_tars(paths: Iterable[PurePath], output: PurePath | None) -> None:
    for path in paths:
        if not (is_tar(path.name) or is_compressed(path.name)):
            continue
        if isinstance(path, Address):
            raise UnseenError(f"{path}: tars are read from disks only; copy it to this machine first")
        if output is None and not is_folder(path):
            raise UnseenError(f"{path}: the copies of a tar's photos go into a tar of the same name; give -o FOLDER")
