"""The numbers of the lab as a page for people."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from unseen.grid import LEVELS
from unseen.lab import paper_b
from unseen.lab.figures import bars, noise_panels, scatter
from unseen.lab.pixel_privacy.approaches import Approach, Kind
from unseen.lab.pixel_privacy.bench import Bench, Numbers
from unseen.lab.pixel_privacy.making import example
from unseen.lab.pixel_privacy.noises import LabNoise
from unseen.lab.pixel_privacy.numbers import COLUMNS, SAME_APPEAL, worst
from unseen.lab.pixel_privacy.photos import Sample
from unseen.lab.pixel_privacy.settings import PAPER_LEVELS
from unseen.lab.pixel_privacy.sheet import Cell, example_sheet
from unseen.lab.pixel_privacy.table1 import READ_COLUMNS, read_row
from unseen.lab.report import Figure, Section, Table, number, percent
from unseen.photo import read_photo
from unseen.reading import answer
from unseen.train.noise import Training

TOLD: Mapping[str, str] = {
    "ours": "as posted",
    "after_scale_crop": "after scale and crop",
    "after_jpeg90": "after JPEG 90",
}
"""What each handling is called on the page."""


SHEETS: Mapping[str, tuple[str, tuple[Kind, ...]]] = {
    "figure-1": ("The paper's approaches", ("paper",)),
    "figure-1-known": ("What people know", ("known",)),
    "figure-1-ours": ("Ours", ("ours",)),
    "figure-1-combined": ("Ours, combined", ("combined",)),
}
"""The sheets of Figure 1: whose approaches each shows, beside the originals."""


def introduction(numbers: Numbers) -> tuple[str, ...]:
    """What was done, what came of it, and what it does not mean."""
    settings, best = numbers["settings"], numbers["best"]
    original = numbers["table1"][0]["ours"]
    row = next(row for row in numbers["table1"] if row["approach"] == best["approach"])
    return (
        "Networks tell from a photo where it was taken: an airport, a bedroom, a hospital. "
        f"{paper_b.NAME} (“{paper_b.TITLE}”, {paper_b.TASK}) asked for photos that people like at least as much as "
        "before, and that such a network misreads. They cropped photos, repainted them in an artist's style, and laid "
        "one noise on all of them that is made to mislead.",
        f"Here their experiment is run again on {settings['photos']:,} photos and "
        f"{_short(settings['model'])} ({settings['parameters'] / 1e6:.1f} million parameters, {settings['classes']} "
        "classes), together with what people do anyway (blur, filters), with what this project adds, and with "
        "combinations, which the paper named as future work. Every approach is one flag of “unseen protect”. What is "
        "judged is always the file as it was written, decoded again.",
        f"The network reads {percent(original['top1'])} of the originals rightly at its first guess. After "
        f"“{best['approach']}” it reads {percent(row['ours']['top1'])}, and at most {percent(best['worst_top1'])} once "
        f"the file is scaled and cropped or compressed again. {_goal(best)}",
        "These numbers are about these networks, today. Protection does not stop people, someone who aims at this very "
        "photo, other or later systems, or anyone who holds the original.",
    )


def examples_section(bench: Bench, tried: Sequence[Approach], shown: Sequence[Sample]) -> Section:
    """Figure 1: every approach, a sheet for each kind."""
    figures = []
    for name, (whose, kinds) in SHEETS.items():
        columns = [each for each in tried if each.kind in ("original", *kinds)]
        rows = [[_cell(bench, approach, one) for approach in columns] for one in shown]
        caption = (
            f"{whose}: photos, and what {_short(bench.network.name)} says that they are. ✓ in red: it is right; "
            "✗ in green: it is wrong, and the photo's secret is kept. Where it reads any originals rightly, these are "
            "shown."
        )
        heads = [approach.name.replace(" + ", "\n+ ").replace(": ", ":\n") for approach in columns]
        figures.append(Figure(name=name, png=example_sheet(heads, rows), caption=caption))
    return Section(title="Figure 1: how they look, and what is read in them", figures=tuple(figures))


def survival_section(numbers: Numbers) -> Section:
    """Top-1 of every approach in every handling."""
    table = numbers["table1"]
    series = {TOLD[column]: [row[column]["top1"] for row in table] for column in COLUMNS.values()}
    png = bars([row["approach"] for row in table], series, ylabel="first guess is right", percent=True)
    caption = (
        "How often the network's first guess is right, by approach. Bars of one approach that differ much belong to "
        "a protection that does not survive handling."
    )
    return Section(title="What survives", figures=(Figure(name="top1", png=png, caption=caption),))


def appeal_section(numbers: Numbers) -> Section:
    """What each approach does to how photos look, and that against protection."""
    table, measures = numbers["table1"], numbers["settings"]["measures"]
    rows = tuple(
        (
            row["approach"],
            *(number(row["appeal"][name], 3 if name == "nima" else 1) for name in measures),
            f"{number(100 * row['kept_appeal'], 0)}\N{NO-BREAK SPACE}%",
            number(row["ssim"], 3),
        )
        for row in table
    )
    nima = (
        f"NIMA guesses the mean score that people would give, from 1 to 10; the paper tells "
        f"{paper_b.NIMA_ORIGINAL:g} for originals and {paper_b.NIMA_HAYAO:g} for the style of Hayao."
        if "nima" in measures
        else f"NIMA, which the task uses (the paper tells {paper_b.NIMA_ORIGINAL:g} for originals and "
        f"{paper_b.NIMA_HAYAO:g} for the style of Hayao), needs weights that were not at hand: give --nima."
    )
    paragraphs = (
        "The task wants photos that people like no less than before. Colourfulness, contrast and sharpness are plain "
        "measures in 8-bit levels, no judgement of beauty; noise counts as sharpness, too. " + nima,
        "“Least kept” is the measure that suffers most, as a share of the original's: 100 % or more means that none "
        "is lowered.",
    )
    names = tuple("NIMA" if name == "nima" else name.capitalize() for name in measures)
    table_of_appeal = Table(columns=("Approach", *names, "Least kept", "SSIM"), rows=rows)
    others = table[1:]
    compared = [row for row in others if row["ssim"] is not None]
    figures = (
        Figure(
            name="protection-appeal",
            png=scatter(
                [row["kept_appeal"] for row in others],
                [worst(row) for row in others],
                xlabel="measure of appeal that suffers most, as a share of the original's",
                ylabel="first guess is right, worst of three",
                labels=[row["approach"] for row in others],
                percent=True,
            ),
            caption="Protection against appeal. Right of 1 no measure is lowered; what lies lowest protects best, "
            "also where scaling or compression help the network most.",
        ),
        Figure(
            name="protection-ssim",
            png=scatter(
                [row["ssim"] for row in compared],
                [worst(row) for row in compared],
                xlabel="SSIM: 1 is the same picture",
                ylabel="first guess is right, worst of three",
                labels=[row["approach"] for row in compared],
                percent=True,
            ),
            caption="Protection against likeness. Crops, which have another size, are left out.",
        ),
    )
    return Section(title="How they look", paragraphs=paragraphs, tables=(table_of_appeal,), figures=figures)


def sensitive_section(numbers: Numbers) -> Section:
    """The same over the photos that have one of the profile's classes."""
    sensitive = numbers["sensitive"]
    text = (
        f"Of these photos {sensitive['photos']:,} are of a privacy-sensitive category "
        f"({sensitive['profile']}), which is what the task is about."
    )
    return Section(
        title="The sensitive categories alone",
        paragraphs=(text,),
        tables=(Table(columns=READ_COLUMNS, rows=tuple(map(read_row, sensitive["table1"]))),),
    )


def held_out_section(numbers: Numbers) -> Section:
    """What networks read that had no part in it."""
    text = (
        "These networks had no part in any protection: the fairer test, for nobody knows whose network will read a "
        "photo."
    )
    tables = tuple(
        Table(
            columns=READ_COLUMNS,
            rows=tuple(read_row({"approach": row["approach"], **row["held_out"][place]}) for row in numbers["table1"]),
            caption=_short(model),
        )
        for place, model in enumerate(numbers["settings"]["audit_models"])
    )
    return Section(title="Networks that had no part in it", paragraphs=(text,), tables=tables)


def noises_section(noises: Mapping[str, LabNoise], numbers: Numbers) -> Section:
    """The noises that all photos share, as pictures."""
    rows = tuple(
        (name, percent(noise.fooled), f"{LEVELS * noise.noise.abs().mean().item():.1f}", number(noise.seconds, 0))
        for name, noise in noises.items()
    )
    wanted, passes = Training().wanted, numbers["settings"]["training"][0]
    text = (
        f"One noise for all photos needs no network when a photo is shared. Both were trained on "
        f"{numbers['settings']['trained_on']:,} photos that are not scored here, within {PAPER_LEVELS} of 255 levels "
        "(the paper tells no limit): “uap” as the paper did, photo by photo with DeepFool; “universal” by ascent on "
        "many photos at once, cropped and mirrored anew each time. The paper's method ends when it changes "
        f"{percent(wanted)} of the answers, or after {passes} passes over the photos: how far it came is told below, "
        "and the less, the less its row in Table 1 says about the paper's own noise. The paper had "
        f"{paper_b.UAP_TRAINING_PHOTOS:,} photos, and left open how many are needed."
    )
    figure = Figure(
        name="noises",
        png=noise_panels([noise.noise.mean(1)[0] for noise in noises.values()], list(noises), columns=len(noises)),
        caption="The noises, the mean of their three colours. The files are in the folder of noises, for `unseen "
        "protect --scheme universal?weights=FILE`.",
    )
    columns = ("Noise", "Training photos whose answer it changes", "Mean change, levels", "Seconds of training")
    return Section(
        title="One noise for all photos",
        paragraphs=(text,),
        tables=(Table(columns=columns, rows=rows),),
        figures=(figure,),
    )


def _cell(bench: Bench, approach: Approach, one: Sample) -> Cell:
    pixels = read_photo(example(bench, approach, one)).srgb
    guess = int(answer(bench.network, pixels).argmax())
    return Cell(pixels=pixels, answer=bench.network.class_names[guess], right=guess in one.labels)


def _goal(best: Numbers) -> str:
    quarter = "below" if best["under_a_quarter"] else "not below"
    appeal = "lowers none of the measures" if best["keeps_appeal"] else "lowers a measure"
    return (
        f"That is {quarter} a quarter of the originals' in every one of these cases, and it {appeal} of appeal at hand "
        f"by more than {percent(1 - SAME_APPEAL)}."
    )


def _short(name: str) -> str:
    """A network's name without folders and options."""
    return PurePath(name.partition("?")[0]).name
