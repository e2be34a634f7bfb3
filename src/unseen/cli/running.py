"""A run of `unseen protect` beside the originals: carry it out, tell about it, and say how it ended."""

import time
from pathlib import Path

from unseen import __version__
from unseen.batch import accounted
from unseen.batch.account import TOLD
from unseen.cli.progress import tracked
from unseen.cli.telling import succeeded, tell
from unseen.cli.terminal import INTERRUPTED, complain
from unseen.plan import Job
from unseen.protect import Protection, protect_photos, settings_of
from unseen.report import PhotoRow, Report
from unseen.report.pictures import Preview
from unseen.report.words import counted
from unseen.threats import IN_BRIEF, presets_named


def run(
    jobs: tuple[Job, ...], protection: Protection, names: dict[str, str], reports: tuple[Path, ...], *, as_json: bool
) -> int:
    """Protect, tell, and give the exit code; an interruption still tells about the photos that are done."""
    started = time.perf_counter()
    pictures = TOLD if any(path.suffix.lower() == ".html" for path in reports) else 0
    presets = presets_named(IN_BRIEF) if protection.held_out else ()
    rows: list[PhotoRow] = []
    previews: dict[str, Preview] = {}
    interrupted = False
    try:
        found = protect_photos(jobs, protection, previews=pictures, presets=presets)
        for outcome in tracked(found, len(jobs), "Protecting"):
            rows.append(outcome.row)  # and not the outcome: its problem would hold the photo that it arose from
            if outcome.preview is not None:
                previews[outcome.row.input] = outcome.preview
    except KeyboardInterrupt:
        interrupted = True
    account = accounted(
        Report(
            version=__version__,
            settings=settings_of(protection) | names,
            photos=(),
            presets={preset.name: preset.meaning for preset in presets},
        ),
        lambda: rows,
    )
    are_written = tell(account, previews, reports, time.perf_counter() - started, as_json=as_json)
    if interrupted:
        done = f"interrupted after {len(rows)} of {counted(len(jobs), 'photo')}"
        complain(f"{done}: their copies are whole, the rest was not written")
        return INTERRUPTED
    return 0 if are_written and succeeded(account) else 1
