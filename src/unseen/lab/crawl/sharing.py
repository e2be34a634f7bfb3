"""What people share: their photos, and a protected copy of each, made once whatever interrupts the run."""

import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path, PurePath
from typing import Any

from unseen.errors import PhotoError
from unseen.lab.notebook import Notebook
from unseen.plan import Job
from unseen.progress import Progress
from unseen.protect import Outcome, Protection, protect_photos, settings_of
from unseen.protect.account import one_line
from unseen.report.layout import Status

_STAGE = Path(".unseen", "stage")
"""Where copies are made, out of sight; they move to their places when they are whole."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A photo that is shared raw and protected.

    Attributes:
        job: the original, its label, and the protected copy.
        status: "protected", "not_achieved", or "failed" where there is no copy.
        error: one line, where it failed.
        key: stands for the contents of both files and the label.
        mean_levels: mean absolute change of a colour value, in 8-bit levels; None where it is not defined.
    """

    job: Job
    status: Status
    error: str | None = None
    key: str = ""
    mean_levels: float | None = None


def share(jobs: Sequence[Job], protection: Protection, folder: Path, progress: Progress) -> tuple[Shared, ...]:
    """Every photo with its protected copy, in order; copies that a former run made are not made again.

    A copy counts as made when the notebook has its row and the file has the SHA-256 that the row tells. Whatever else
    lies in its place was left there by an interruption or by a run with other settings, and is replaced.

    Args:
        jobs: their targets lie below `folder`.
        protection: networks that only judge play no part.
        folder: the lab's.

    Raises:
        UnseenError: the folder cannot be used, or networks and settings do not go together.
    """
    protection = replace(protection, held_out=())
    weights = [network.spec.sha256 for network in protection.surrogates]
    settings = {"lab": "crawl", "part": "sharing", "weights": weights, **settings_of(protection)}
    with Notebook(folder, settings) as notebook:
        rows = notebook.rows("copies")
        keys = {job: _key(job, folder) for job in progress(jobs, len(jobs), "Looking")}
        found = {job: _standing(job, key, rows.known.get(key), folder) for job, key in keys.items()}
        missing = [job for job in jobs if found[job] is None]
        taken = {shared.job.target for shared in found.values() if shared}
        for job, outcome in zip(missing, _made(missing, protection, folder, progress), strict=True):
            row = _placed(job, outcome, folder, taken)
            if isinstance(row, str):
                found[job] = Shared(job=job, status="failed", error=row)
            else:
                rows.append(keys[job], row)
                found[job] = _shared(job, keys[job], row, folder)
    return tuple(shared for shared in found.values() if shared)


def _made(jobs: Sequence[Job], protection: Protection, folder: Path, progress: Progress) -> Iterator[Outcome]:
    """Protect photos out of sight, each in a folder of its own so that names do not clash."""
    stage = folder / _STAGE
    shutil.rmtree(stage, ignore_errors=True)  # what a killed run left
    staged = (replace(job, target=stage / str(number) / job.target.name) for number, job in enumerate(jobs))
    yield from progress(protect_photos(staged, protection), len(jobs), "Protecting")
    shutil.rmtree(stage, ignore_errors=True)


def _placed(job: Job, outcome: Outcome, folder: Path, taken: set[PurePath]) -> Row | str:
    """Move a copy to its place, which joins `taken`: the notebook's row, or in one line why there is no copy."""
    if outcome.row.output is None:
        return str(outcome.row.error)
    made = Path(outcome.row.output)
    copy = Path(job.target).with_suffix(made.suffix)
    try:
        if copy in taken:
            problem = f"its copy {copy} has the name of another photo's copy"
            raise PhotoError(job.source, problem, "name the folder above the two instead")
        copy.parent.mkdir(parents=True, exist_ok=True)
        made.replace(copy)
    except (PhotoError, OSError) as error:
        return one_line(job, error)
    taken.add(copy)
    change = outcome.row.change
    levels = change.mean_abs_levels if change else None
    return {
        "copy": copy.relative_to(folder).as_posix(),
        "sha256": _sha256(copy),
        "status": outcome.row.status,
        "mean_levels": levels if levels is not None and math.isfinite(levels) else None,
    }


def _standing(job: Job, key: str, row: Row | None, folder: Path) -> Shared | None:
    """The copy that a former run made, if it is there and whole."""
    if row is None or _sha256(folder / row["copy"]) != row["sha256"]:
        return None
    return _shared(job, key, row, folder)


def _shared(job: Job, key: str, row: Row, folder: Path) -> Shared:
    return Shared(
        job=replace(job, target=folder / row["copy"]),
        status=row["status"],
        key=f"{key} {row['sha256']}",
        mean_levels=row["mean_levels"],
    )


def _key(job: Job, folder: Path) -> str:
    """All that decides a copy beside the settings: what is in the photo's file, its label and its place."""
    return f"{_sha256(Path(job.source))} {job.label or '-'} {job.target.relative_to(folder).as_posix()}"


def _sha256(path: Path) -> str | None:
    """Of a file's content; None where there is no file that can be read."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
