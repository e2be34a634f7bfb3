"""The report on what the paper could not do: one noise for an aim, a noise for each image, another network."""

from collections.abc import Mapping
from typing import Any

from unseen.lab import figures
from unseen.lab.mnist.noises import BEST, PAPER
from unseen.lab.mnist.per_image import per_image_schemes
from unseen.lab.mnist.settings import CLASSES, Bench, first
from unseen.lab.report import Figure, Section, Table, number, percent

Found = Mapping[str, Any]
_DIGITS = tuple(map(str, range(CLASSES)))
_SHOWN = 8
_EVEN = "ln 10 = 2.303"


def joint(found: Found) -> Section:
    """One noise for several aims at once: the frontier of accuracy against entropy."""
    scores = {
        name.removeprefix("noise-joint-"): score for name, score in found.items() if name.startswith("noise-joint-")
    }
    named = {name.removeprefix("sum-"): score for name, score in found.items() if name.startswith("sum-")}
    points = {**scores, **{f"sum {name}" if len(name) < 19 else "sum of all": score for name, score in named.items()}}
    return Section(
        title="Beyond sums: one noise optimised for all of an aim",
        paragraphs=(
            "A sum of noises exceeds the limit of each, and one noise undoes what another does. Instead, one noise "
            "can be optimised for the whole aim within the limit: away from the true digit (“untargeted”), among "
            "several targets, towards an even answer (“confusion”), or between the last and the first "
            "(“confusion+away”, by the weight of the latter).",
            "Two things make an image private: that the network is wrong (accuracy low), and that it is in doubt "
            f"(entropy, ICE, high; at most {_EVEN}). One universal noise buys the one at the price of the other.",
        ),
        tables=(
            Table(
                columns=("Noise", "Accuracy", "Entropy (ICE)", "Mean absolute noise"),
                rows=tuple(
                    (name, percent(score["accuracy"]), number(score["ice"]), number(score["mean_abs"]))
                    for name, score in points.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="frontier",
                png=figures.scatter(
                    [score["ice"] for score in points.values()],
                    [score["accuracy"] for score in points.values()],
                    xlabel="mean entropy of the answer (ICE), nats",
                    ylabel="accuracy",
                    labels=list(points),
                    percent=True,
                ),
                caption="Accuracy against entropy under universal noises. Private is low and to the right.",
            ),
        ),
    )


def each_image(bench: Bench, found: Found) -> Section:
    """Noise made for each image by itself."""
    scores = {name.removeprefix("per-image-"): score for name, score in found.items() if name.startswith("per-image-")}
    digits = first(bench.test, _SHOWN)
    pictures, titles = list(digits.images), [f"{digit}" for digit in digits.labels.tolist()]
    for name, scheme in per_image_schemes(bench.settings.limit, _SHOWN).items():
        pictures += list(
            scheme(digits.images, bench.classifier, seed=bench.settings.seed, references=digits.labels).images
        )
        titles += [name] + [""] * (_SHOWN - 1)
    return Section(
        title="A noise for each image",
        paragraphs=(
            "One noise for all images has to serve them all. A noise for each image, within the same limit, hides "
            "the digit and leaves the network in doubt at once; the schemes are those of the photo lab. It has to be "
            "computed for each image, which the universal noise need not.",
            "Private means: accuracy low, entropy high. “Replace” makes the network sure of a wrong digit, "
            "“indistinguish” adds the noises of two digits, “among” asks for an even answer between two, “uniform” "
            "for one among all ten.",
        ),
        tables=(
            Table(
                columns=(
                    "Scheme",
                    "Images",
                    "Accuracy",
                    "Entropy (ICE)",
                    "Goal reached",
                    "Mean absolute noise",
                    "Steps",
                ),
                rows=tuple(
                    (
                        name,
                        f"{score['images']:,}",
                        percent(score["accuracy"]),
                        number(score["ice"], 3),
                        percent(score["achieved"]),
                        number(score["mean_abs"], 3),
                        number(score["iterations"], 1),
                    )
                    for name, score in scores.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="each-image",
                png=figures.picture_grid(pictures, titles, columns=_SHOWN),
                caption=f"The first {_SHOWN} test images, and below them the same with the noise of each scheme.",
            ),
        ),
    )


def another_network(found: Found) -> Section:
    """What a network reads that the noise was not made against."""
    of_targets = {
        f"targets, {method}": [found[f"noise-{kind}-{digit}"] for digit in _DIGITS]
        for kind, method in ((PAPER, "the paper's method"), (BEST, "best"))
    }
    groups = {
        "no noise": [found["clean"]],
        **of_targets,
        "untargeted": [found["noise-joint-untargeted"]],
        "confusion": [found["noise-joint-confusion"]],
        **{f"each image: {name.removeprefix('per-image-')}": [found[name]] for name in found if "per-image-" in name},
    }
    means = {
        label: [
            sum(score["accuracy"] for score in scores) / len(scores),
            sum(score["other"]["accuracy"] for score in scores) / len(scores),
            sum(score["other"]["ice"] for score in scores) / len(scores),
        ]
        for label, scores in groups.items()
    }
    return Section(
        title="Read by another network",
        paragraphs=(
            "Whoever collects images reads them with a network of their own. This one has another architecture and "
            "was trained from another seed; no noise was made against it. Images are as many as in the tables above.",
        ),
        tables=(
            Table(
                columns=(
                    "Noise",
                    "Accuracy of the network it was made against",
                    "of the other",
                    "Entropy of the other",
                ),
                rows=tuple(
                    (label, percent(own), percent(accuracy), number(ice))
                    for label, (own, accuracy, ice) in means.items()
                ),
            ),
        ),
        figures=(
            Figure(
                name="another-network",
                png=figures.bars(
                    list(means),
                    {
                        "made against it": [values[0] for values in means.values()],
                        "another network": [values[1] for values in means.values()],
                    },
                    ylabel="accuracy",
                    percent=True,
                    levels={"guessing": 1 / CLASSES},
                ),
                caption="Accuracy of the network that the noise was made against, and of another one.",
            ),
        ),
    )
