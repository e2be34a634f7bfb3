"""The way of photos, one stage after the other: opened, made, finished."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from unseen.errors import let_go
from unseen.memory import give_back
from unseen.models import Network
from unseen.photo import parse_keep
from unseen.pictures import PictureScheme
from unseen.plan import Job, copy_of
from unseen.profiles import hidden_names
from unseen.protect.attending import PATIENT, Attendant
from unseen.protect.finishing import Finish
from unseen.protect.making import chunks, ensemble_of, made
from unseen.protect.opening import opened
from unseen.protect.protection import Outcome, Protection, load_held_out, load_networks
from unseen.protect.store import DISK, Store
from unseen.reading import known_class
from unseen.report.layout import PhotoRow
from unseen.schemes import Shield
from unseen.threats import IN_BRIEF, Preset, presets_named
from unseen.types import Scheme


def protect_file(
    path: str | Path,
    *,
    output: str | Path | None = None,
    scheme: Scheme | None = None,
    pictures: Sequence[PictureScheme] = (),
    models: Sequence[str | Network] = ("lite0", "lite1"),
    audit_models: Sequence[str | Network] = ("lite2",),
    label: str | None = None,
    seed: int = 0,
    format: str = "keep",
    quality: int | None = None,
    keep: str | Iterable[str] = (),
    device: str = "auto",
    hide: str | Iterable[str] = (),
) -> PhotoRow:
    """Protect one photo and write the copy; the report's row tells how it went, also where it failed.

    Args:
        output: folder of the copy; None writes it beside the original, with "-unseen" in its name.
        scheme: by default `Shield`; `Unchanged` where pictures are all.
        pictures: what becomes of the photo before that, such as `Crop`, one after the other.
        models: names of networks, or loaded ones, to protect against.
        audit_models: networks that only judge; one with a surrogate's weights does not, which a note tells.
        label: what is in the photo (class index, name or synset); None asks each network.
        keep: metadata to keep, "date,copyright" or the words one by one.
        device: "cpu", "cuda" or "auto", for the networks that are given by name.
        hide: names of classes and groups, "dog,bedroom" or one by one; a photo that reveals none is left untouched.

    Raises:
        UnseenError: a model or a setting that cannot be used.
    """
    secrets = hidden_names(hide if isinstance(hide, str) else ",".join(hide), "hide") if hide else ()
    scheme = scheme or Shield()
    surrogates = load_networks(models, device)
    held_out, notes = load_held_out(audit_models, surrogates, scheme, device, pictures=pictures)
    protection = Protection(
        scheme=scheme,
        pictures=tuple(pictures),
        surrogates=surrogates,
        held_out=held_out,
        seed=seed,
        format=format,
        quality=quality,
        keep=parse_keep(keep) if isinstance(keep, str) else frozenset(keep),
        lanes=1,
        hide=secrets,
    )
    if label is not None:
        known_class(label, protection.surrogates[0])
    job = Job(source=Path(path), target=copy_of(Path(path), Path(output) if output is not None else None), label=label)
    (outcome,) = protect_photos([job], protection, presets=presets_named(IN_BRIEF))
    return replace(outcome.row, notes=(*outcome.row.notes, *notes))


def protect_photos(
    jobs: Iterable[Job],
    protection: Protection,
    *,
    previews: int = 0,
    presets: Sequence[Preset] = (),
    store: Store = DISK,
    attendant: Attendant = PATIENT,
) -> Iterator[Outcome]:
    """Protect photos in order, a chunk at a time; what fails is a row with status "failed", and the others go on.

    Args:
        previews: of how many photos, at most, thumbnails are made.
        presets: ways in which networks that are held out read originals and copies.
        store: where photos come from and copies go.
        attendant: told of every photo how far it is; one that it does not want any more fails.

    Raises:
        UnseenError: networks that do not go together, or a setting that does not fit them.
    """
    ensemble = ensemble_of(protection)
    finish = Finish(
        protection=protection,
        put=lambda work, data: store.write(work.job.target, data),
        presets=tuple(presets),
        attendant=attendant,
    )
    taken: set[PurePath] = set()
    ready = (opened(job, protection, store.read, lambda job: store.require_free(job, taken), attendant) for job in jobs)
    for chunk in chunks(ready):
        give_back()
        found = made(chunk, protection, ensemble, attendant)
        give_back()
        for work in chunk:
            outcome = finish(work, found.get(id(work)), with_preview=previews > 0)
            let_go(outcome.problem)
            previews -= outcome.preview is not None
            yield outcome
            work.photo = work.picture = None  # frees the pixels before the next chunk is read
