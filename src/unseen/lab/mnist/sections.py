"""The report: each table and figure of the paper beside ours, then what the paper left open."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from unseen.lab import figures, paper_a
from unseen.lab.mnist import beyond, combinations
from unseen.lab.mnist.measure import answers, summed
from unseen.lab.mnist.noises import BEST, PAPER, of_each_target
from unseen.lab.mnist.settings import CLASSES, Bench, first
from unseen.lab.report import Figure, LabReport, Section, Table, number, percent
from unseen.schemes.universal import laid
from unseen.types import Images

Found = Mapping[str, Any]
DIGITS = tuple(map(str, range(CLASSES)))
_EXAMPLES = 15
_CANDIDATES = 500
"""Test images among which examples of errors are looked for."""


def told(bench: Bench, noises: Mapping[str, Images], found: Found) -> LabReport:
    """The report of what was found."""
    paper = of_each_target(noises, PAPER)
    return LabReport(
        title=f"Digits: section 5.1 of {paper_a.NAME}, run again",
        introduction=_introduction(bench),
        sections=(
            _table_2(found, noises),
            _figure_2(noises),
            _figure_3(bench, found, paper),
            *(_sum(bench, found, paper, known) for known in paper_a.SUMS),
            combinations.every_sum(bench, found),
            combinations.distances(bench, found),
            beyond.joint(found),
            beyond.each_image(bench, found),
            beyond.another_network(found),
        ),
        numbers=_numbers(bench, noises, found),
    )


def _introduction(bench: Bench) -> tuple[str, ...]:
    settings = bench.settings
    return (
        f"{paper_a.NAME} asked whether noise can keep a network from reading images. Their first experiment is on "
        "handwritten digits (MNIST): one and the same noise is added to every image, made so that the network reads "
        "a chosen digit, the target, in whatever it is shown. The lower the network's accuracy, the better the "
        "images are protected.",
        "In every table, “paper” is what was printed, “ours” is the paper's method as this project runs it, and "
        "“best” is the best method that it has, within the same limit.",
        f"The paper leaves some settings unsaid. Ours: no value of a noise exceeds {settings.limit:g} of a pixel's "
        f"range, noise has a price of {settings.l2_weight:g} (L2), {settings.iterations} steps of Adam, and a noisy "
        f"image is clipped to the range and rounded to 8 bit. Accuracies are on the first {settings.test_images:,} "
        "test images unless said otherwise. All noises are kept in noises/, for unseen.schemes.universal.load_noise."
        + (" This was a quick run, with fewer images and shorter ascents." if settings.quick else ""),
    )


def _table_2(found: Found, noises: Mapping[str, Images]) -> Section:
    ours, best = ([found[f"noise-{kind}-{digit}"] for digit in DIGITS] for kind in (PAPER, BEST))
    accuracies = [[score["accuracy"] for score in scores] for scores in (ours, best)]
    rows = [
        (digit, percent(printed), percent(one), percent(other))
        for digit, printed, one, other in zip(DIGITS, paper_a.TABLE_2, *accuracies, strict=True)
    ]
    means = ("mean", percent(paper_a.TABLE_2_MEAN), *(percent(_mean(values)) for values in accuracies))
    clean = found["clean"]["accuracy"]
    signed, size = (_mean([score[key] for score in ours]) for key in ("mean", "mean_abs"))
    return Section(
        title="Table 2: accuracy under the noise of each target",
        paragraphs=(
            f"Without noise the network is right on {percent(clean)} of the images (the paper's: about "
            f"{percent(paper_a.MNIST_ACCURACY)}; {paper_a.MNIST_NETWORK}). Guessing would be right on 10 %. The "
            "better a network is trained, the less noise fools it: compare accuracies under noise only between "
            "networks that read equally well.",
            f"The paper gives an average noise of {paper_a.MNIST_MEAN_NOISE:g} per pixel. Our noises have a mean of "
            f"{number(signed, 3)} with sign and of {number(size, 3)} without: only the mean with sign is of the "
            "printed size, positive and negative values cancel in it, and the noise is plain to see.",
            f"The hardest digit to imitate is {_hardest(paper_a.TABLE_2)} in the paper and {_hardest(accuracies[0])} "
            "here: how near the classes are to each other is the network's doing as much as the digits'.",
        ),
        tables=(Table(columns=("Target", "Paper", "Ours", "Best"), rows=(*rows, means)),),
        figures=(
            Figure(
                name="table-2",
                png=figures.bars(
                    DIGITS,
                    {"paper": paper_a.TABLE_2, "ours": accuracies[0], "best": accuracies[1]},
                    ylabel="accuracy",
                    xlabel="target of the noise",
                    percent=True,
                    levels={"guessing": 1 / CLASSES},
                ),
                caption="Accuracy under the noise of each target. Lower is more private.",
            ),
        ),
    )


def _figure_2(noises: Mapping[str, Images]) -> Section:
    return Section(
        title="Figure 2: the ten noises",
        paragraphs=(
            "Red adds to a pixel, blue takes away. The paper describes a red ring for 0: the noise draws the target "
            "where there is room and wipes out the strokes of the others.",
        ),
        figures=tuple(
            Figure(name=f"figure-2-{word}", png=figures.noise_panels(list(pictures[:, 0]), DIGITS), caption=caption)
            for word, pictures, caption in (
                ("ours", of_each_target(noises, PAPER), "The noise of each target, made by the paper's method."),
                ("best", of_each_target(noises, BEST), "The noise of each target, made by our best method."),
            )
        ),
    )


def _figure_3(bench: Bench, found: Found, paper: Images) -> Section:
    return Section(
        title="Figure 3: errors under the noise of 0",
        paragraphs=(f"{_drawn_to(found[f'noise-{PAPER}-0']['errors'])}",),
        figures=_errors(bench, paper[:1], name="figure-3", told="the noise of 0"),
    )


def _sum(bench: Bench, found: Found, paper: Images, known: paper_a.NoiseSum) -> Section:
    name = "+".join(map(str, known.targets))
    score, clipped = found[f"sum-{name}"], found[f"clipped-{name}"]
    noise = summed(paper, known.targets)
    everything = len(known.targets) == CLASSES
    words = "all ten targets" if everything else f"targets {', '.join(map(str, known.targets))}"
    joint = found.get(f"noise-joint-{'confusion' if everything else name}")
    wanted = "towards confusion" if everything else "for these targets together"
    told = (
        "" if joint is None else f" One noise optimised {wanted} within the limit leaves {percent(joint['accuracy'])}."
    )
    return Section(
        title=f"{known.printed[0].upper()}{known.printed[1:]}: the sum of the noises of {words}",
        paragraphs=(
            f"Accuracy {percent(score['accuracy'])} (the paper: {percent(known.accuracy)}). "
            f"{_drawn_to(score['errors'])}"
            + (f" The paper's errors are drawn to {' and '.join(map(str, known.drawn_to))}." if known.drawn_to else "")
            + told,
            "The paper does not say whether a sum is clipped. Here only the noisy image is, to the pixels' range: the "
            "sum goes beyond the limit of a single noise. Clipped to that limit, as a noise optimised within it "
            f"has to be, it leaves {percent(clipped['accuracy'])}.",
        ),
        figures=(
            Figure(
                name=f"sum-{name.replace('+', '-')}-noise",
                png=figures.noise_panels([noise[0, 0]], [f"sum of {words}"], columns=3),
                caption=f"The sum of the noises of {words}; its values reach {number(noise.abs().max().item())}.",
            ),
            *_errors(bench, noise, name=f"sum-{name.replace('+', '-')}-errors", told=f"the sum of {words}"),
        ),
    )


def _errors(bench: Bench, noise: Images, *, name: str, told: str) -> tuple[Figure, ...]:
    """The first test images that are read wrongly with a noise on them; none where all are read rightly."""
    digits = first(bench.test, _CANDIDATES)
    read = answers(bench.classifier, digits.images, noise).argmax(1)
    wrong = (read != digits.labels).nonzero().flatten()[:_EXAMPLES]
    if not len(wrong):
        return ()
    titles = [f"{digits.labels[index]} → {read[index]}" for index in wrong]
    shown = laid(noise, digits.images[wrong])
    caption = f"Test images with {told} that the network gets wrong: the digit written → read."
    return (Figure(name=name, png=figures.picture_grid(list(shown), titles, columns=5), caption=caption),)


def _drawn_to(errors: Sequence[int]) -> str:
    """Which digits the wrong answers name."""
    total = sum(errors)
    if not total:
        return "The network makes no errors."
    likeliest = sorted(range(CLASSES), key=lambda digit: -errors[digit])[:2]
    shares = " and ".join(f"{digit} ({percent(errors[digit] / total)})" for digit in likeliest)
    return f"Most errors are drawn to {shares} of the wrong answers."


def _hardest(accuracies: Sequence[float]) -> str:
    return DIGITS[max(range(CLASSES), key=accuracies.__getitem__)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _numbers(bench: Bench, noises: Mapping[str, Images], found: Found) -> dict[str, Any]:
    """The JSON report."""
    kinds = {
        name: [found[f"noise-{kind}-{digit}"] for digit in DIGITS] for name, kind in (("ours", PAPER), ("best", BEST))
    }
    ours = kinds["ours"]
    return {
        "lab": "mnist",
        "settings": asdict(bench.settings),
        "clean": found["clean"],
        "table2": {
            "paper": paper_a.TABLE_2,
            **{name: [score["accuracy"] for score in scores] for name, scores in kinds.items()},
        },
        "noise": {
            "mean": _mean([score["mean"] for score in ours]),
            "mean_abs": _mean([score["mean_abs"] for score in ours]),
            "limit": bench.settings.limit,
        },
        "sums": [
            {
                "targets": known.targets,
                "paper": known.accuracy,
                "ours": found[f"sum-{'+'.join(map(str, known.targets))}"]["accuracy"],
                "clipped_to_limit": found[f"clipped-{'+'.join(map(str, known.targets))}"]["accuracy"],
            }
            for known in paper_a.SUMS
        ],
        "all_sums": [one for size in range(1, CLASSES + 1) for one in found[f"sums-of-{size}"]],
        "distances": found["surrender"],
        "joint": [
            {"objective": name.removeprefix("noise-joint-"), "accuracy": score["accuracy"], "ice": score["ice"]}
            for name, score in found.items()
            if name.startswith("noise-joint-")
        ],
        "per_image": {
            name.removeprefix("per-image-"): score for name, score in found.items() if name.startswith("per-image-")
        },
        "other_network": {name: score["other"] for name, score in found.items() if "other" in score},
    }
