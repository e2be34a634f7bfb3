"""`unseen audit`: what networks still read in protected copies, as they are really shared."""

from collections.abc import Mapping
from pathlib import Path

import click
import torch

from unseen.audit import (
    Audited,
    Paired,
    Readers,
    account,
    audit_pairs,
    load_readers,
    paired,
    report_beside,
    surrogates_of,
    to_json,
)
from unseen.audit.page import previews, to_html
from unseen.audit.table import tables
from unseen.catalogue import DEFAULT_MODELS
from unseen.cli.options import device_option, labels_option, require_labelled
from unseen.cli.progress import tracked
from unseen.cli.reports import check_reports, report_options, write_reports
from unseen.cli.terminal import INTERRUPTED, complain, console
from unseen.models.embedded import EMBEDDED
from unseen.plan import read_labels
from unseen.protect import chosen_device
from unseen.reading import known_class
from unseen.report.words import counted
from unseen.threats import PRESETS, Preset, presets_named

READABLE = click.Path(path_type=Path, readable=False)


@click.command()
@click.argument("original", type=READABLE)
@click.argument("protected", type=READABLE)
@labels_option
@click.option(
    "--audit-model",
    "audit_models",
    multiple=True,
    default=tuple(EMBEDDED),
    help="Network that had no part in the protection; '' for none.  [default: those that come with unseen, but for the "
    "surrogates]",
)
@click.option(
    "--surrogate",
    "surrogates",
    multiple=True,
    help=f"Network that the protection was made against; '' for none.  [default: {', '.join(DEFAULT_MODELS)}]",
)
@click.option(
    "--made-by",
    "made_by",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take the surrogates from the JSON report of the 'unseen protect' that made the copies.  [default: the "
    "report.json beside them, if there is one]",
)
@click.option(
    "--copies",
    "further",
    multiple=True,
    type=READABLE,
    metavar="PATH",
    help="More protected copies of the same photos, made with another --seed: for readers who average them.",
)
@click.option(
    "--preset",
    "presets",
    multiple=True,
    metavar="NAME",
    help=f"How copies come to be read, of {', '.join(PRESETS)}.  [default: all]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random noise to compare with.")
@device_option
@report_options("for people")
@click.pass_context
def audit(
    context: click.Context,
    original: Path,
    protected: Path,
    labels: Path | None,
    audit_models: tuple[str, ...],
    surrogates: tuple[str, ...],
    made_by: Path | None,
    further: tuple[Path, ...],
    presets: tuple[str, ...],
    seed: int,
    device: str,
    reports: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Measure what networks still read in PROTECTED, the copy of the photo ORIGINAL, or in two folders of them.

    Networks read the files themselves and what becomes of them when they are shared, resized, compressed and cleaned;
    beside it, the originals and random noise of the same size. In folders, copies have their originals' names, with or
    without '-unseen', in any format.
    """
    if made_by is not None and surrogates:
        raise click.UsageError("--made-by and --surrogate say the same; give one of them")
    check_reports(reports)
    chosen = presets_named(presets)
    known = read_labels(labels) if labels else {}
    pairing = paired(original, protected, further=further, labels=known)
    require_labelled(labels, [pair.label for pair in pairing.pairs])
    made_by = made_by or (None if surrogates else report_beside(protected))
    against = surrogates_of(made_by) if made_by else surrogates or DEFAULT_MODELS
    is_asked = context.get_parameter_source("audit_models") is click.core.ParameterSource.COMMANDLINE
    readers = load_readers(
        filter(None, against),
        (name for name in audit_models if name and (is_asked or name not in against)),
        chosen_device(device),
    )
    for label in dict.fromkeys(pair.label for pair in pairing.pairs if pair.label):
        known_class(label, next(iter(readers.roles)))
    settings = {
        "original": str(original),
        "protected": str(protected),
        "copies": [str(path) for path in further],
        "labels": labels and str(labels),
        "labelled": sum(pair.label is not None for pair in pairing.pairs),
        "surrogates": list(against),
        "made_by": made_by and str(made_by),
        "seed": seed,
        "device": chosen_device(device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    return _run(pairing, readers, chosen, settings, reports, as_json=as_json)


def _run(
    pairing: Paired,
    readers: Readers,
    presets: tuple[Preset, ...],
    settings: Mapping[str, object],
    reports: tuple[Path, ...],
    *,
    as_json: bool,
) -> int:
    """Read, tell, and give the exit code; an interruption still tells about the pairs that are done."""
    for problem in (*readers.problems, *pairing.problems):
        complain(problem)
    done: list[Audited] = []
    interrupted = False
    try:
        found = audit_pairs(pairing.pairs, readers, presets, seed=int(str(settings["seed"])))
        for one in tracked(found, len(pairing.pairs), "Auditing"):
            done.append(one)
            for problem in one.problems:
                complain(problem)
    except KeyboardInterrupt:
        interrupted = True
    told = account(done, readers, presets, settings, pairing.problems)
    if told.photos == 0:
        complain("no pair could be read, so there is nothing to report")
        return INTERRUPTED if interrupted else 1
    are_written = write_reports(
        reports, page=lambda: [to_html(told, previews(told, pairing.pairs))], json=lambda: [to_json(told)]
    )
    if as_json:
        click.echo(to_json(told), nl=False)
    else:
        console().print(tables(told))
    if interrupted:
        complain(f"interrupted after {len(done)} of {counted(len(pairing.pairs), 'pair')}: the account is of those")
        return INTERRUPTED
    return 0 if are_written and not told.problems else 1
