"""The numbers of the lab as a page for people."""

from collections.abc import Sequence
from pathlib import PurePath

from unseen.lab.crawl.numbers import Numbers
from unseen.lab.crawl.pipeline import Ending, pipeline
from unseen.lab.figures import bars
from unseen.lab.paper_a import NAME, TITLE
from unseen.lab.report import NOT_RUN, Figure, Section, Table, number, percent
from unseen.report.outcomes import LIMITS, STATUSES
from unseen.report.settings import is_picture_alone, parts_in_words
from unseen.report.words import counted, setting_in_words

LABELS_SHOWN, PHOTOS_SHOWN = 20, 100
"""Rows of the long tables at most; report.json has all."""

_SERVED = {"file": "The files themselves", "platform": "What the platform serves"}


def introduction(numbers: Numbers) -> tuple[str, ...]:
    """What was done, what came of it, and what it does not mean."""
    settings, networks = numbers["settings"], _behind(numbers)
    within = "" if settings["epsilon_levels"] is None else f" within {settings['epsilon_levels']:g} of 255 levels"
    experiment = (
        f"People share {_photos(numbers)}, once raw and once protected ({settings['scheme']}{within}). A crawler finds "
        f"both, and {counted(len(networks), 'network')} read what is in them. {_fairness(settings)}"
    )
    parts = {"held-out": ", which had no part in it,", "surrogate": ""}
    falls = (
        f"{network['name']}{parts[network['role']]} {_fall(network, 'top1')}"
        for network in sorted(networks, key=lambda network: network["role"])
    )
    served = _SERVED[networks[0]["shared"]].lower()
    result = f"How often the first guess is the true label in {served}, raw → protected: {'; '.join(falls)}."
    return experiment, result, LIMITS


def _fairness(settings: Numbers) -> str:
    if is_picture_alone(settings):
        return "Each copy is another picture of its photo, made without asking any of them."
    return (
        "The networks that the protection was made against show what it can do at best; those that had no part in it "
        "are the fairer test."
    )


def way_section(numbers: Numbers) -> Section:
    """Figure 1 of the paper, with this run's numbers."""
    platform = _platform(numbers)
    endings = [
        Ending(name=_named(network), before=network["before"]["top1"], after=network["after"]["top1"])
        for network in _behind(numbers)
    ]
    caption = (
        "How photos come to be read by machines. People post photos, a platform serves them, a crawler collects what "
        "it finds, and its networks note what they see. The shares tell how often a network's first guess is the true "
        "label, in raw photos (blue) and in protected copies (orange). * This network had no part in the protection."
    )
    paragraphs = (
        f"This is Figure 1 of {NAME} (“{TITLE}”), run as an experiment. Both versions of a photo go the same way. "
        f"The platform: {platform}.",
        "What is read is always a file, decoded again. Its true label is the one given for the photo; without one, it "
        "is what each network itself says of the original file.",
    )
    figure = Figure(name="pipeline", png=pipeline(_photos(numbers), platform, endings), caption=caption)
    return Section(title="From people to networks", paragraphs=paragraphs, figures=(figure,))


def networks_section(numbers: Numbers) -> Section:
    """The means of every network, and a figure for each way in which photos are served."""
    text = (
        "The chance of the true label (ICP) is how probable a network finds it: 100 % is fully exposed, 0 % private. "
        "Uncertainty (ICE) is the entropy of its answer in nats: 0 is sure of one label, right or wrong; the most, "
        "6.91 for 1000 labels, is no idea at all. The last two columns tell how often the true label is the first "
        "guess, and how often it is among the best five. Means over all photos, raw → protected."
    )
    table = Table(
        columns=("Network", "Shared as", "Protected against", "Chance", "Uncertainty", "First guess", "In five"),
        rows=tuple(
            (
                network["name"],
                network["shared"],
                "yes" if network["role"] == "surrogate" else "no",
                _fall(network, "icp"),
                f"{number(network['before']['ice'])} → {number(network['after']['ice'])}",
                _fall(network, "top1"),
                _fall(network, "top5"),
            )
            for network in numbers["networks"]
        ),
    )
    ways = dict.fromkeys(network["shared"] for network in numbers["networks"])
    figures = tuple(_bars(way, _served(numbers, way)) for way in ways)
    return Section(title="What the networks read", paragraphs=(text,), tables=(table,), figures=figures)


def labels_section(numbers: Numbers) -> Section:
    """Which labels the networks could still read."""
    way = numbers["networks"][-1]["shared"]
    labels = [label for label in numbers["labels"] if label["shared"] == way]
    before, after = (sum(label[key] for label in labels) for key in ("before", "after"))
    text = (
        "A photo gives its label away if at least one of the networks has it among its five best guesses: what a "
        f"crawler that notes five words a photo would find. {_SERVED[way]} gave it away {counted(before, 'time')} "
        f"raw and {counted(after, 'time')} protected."
    )
    table = Table(
        columns=("Label", "Photos", "First guess, raw", "First guess, protected", "In five, raw", "In five, protected"),
        rows=tuple(
            (label["label"], *(str(label[key]) for key in ("photos", "first_before", "first_after", "before", "after")))
            for label in labels[:LABELS_SHOWN]
        ),
        caption="Photos of which at least one network reads the label, the most read ones first."
        + _rest(len(labels) - LABELS_SHOWN, "further label"),
    )
    return Section(title="Which labels were read", paragraphs=(text,), tables=(table,))


def photos_section(numbers: Numbers) -> Section:
    """Photo by photo, and why some are missing."""
    way = numbers["networks"][-1]["shared"]
    done = [photo for photo in numbers["photos"] if photo["readings"]]
    failed = [photo for photo in numbers["photos"] if photo["error"]]
    text = (
        "Whether a network's first guess is the true label, or one of the next four is (“in five”), or none (“no”); "
        "raw → protected. Where a copy is not achieved, the protection fell short of its goal; it is shared and "
        "counted all the same."
    )
    table = Table(
        columns=("Photo", "Copy", "True label", *map(_named, _behind(numbers))),
        rows=tuple(_photo_row(photo, way) for photo in done[:PHOTOS_SHOWN]),
        caption=f"{_SERVED[way]}.{_rest(len(done) - PHOTOS_SHOWN, 'further photo')}",
    )
    missing = Table(
        columns=("Photo", "Why it is not shared"),
        rows=tuple((PurePath(photo["input"]).name, photo["error"]) for photo in failed),
        caption="These count nowhere above.",
    )
    return Section(title="Photo by photo", paragraphs=(text,), tables=(table, missing) if failed else (table,))


def settings_section(numbers: Numbers) -> Section:
    """All that decided the copies, and what the platform did."""
    parts = {
        name: parts_in_words(numbers["settings"][name])
        for name in ("pictures", "schemes")
        if name in numbers["settings"]
    }
    settings = {
        **numbers["settings"],
        **parts,
        **{f"platform {name}": value for name, value in numbers["platform"].items()},
    }
    rows = tuple((name.replace("_", " "), setting_in_words(value)) for name, value in settings.items())
    return Section(title="Settings", tables=(Table(columns=("Setting", "Value"), rows=rows),))


def _bars(way: str, networks: Sequence[Numbers]) -> Figure:
    series = {
        "raw": [one["before"]["top1"] for one in networks],
        "protected": [one["after"]["top1"] for one in networks],
    }
    png = bars(list(map(_named, networks)), series, ylabel="first guess is the true label", percent=True)
    caption = (
        f"{_SERVED[way]}: how often each network's first guess is the true label. * It had no part in the protection."
    )
    return Figure(name=f"networks-{way}", png=png, caption=caption)


def _photo_row(photo: Numbers, way: str) -> tuple[str, ...]:
    readings = [reading for reading in photo["readings"] if reading["shared"] == way]
    labels = " / ".join(dict.fromkeys(reading["reference"] for reading in readings))
    verdicts = (f"{_verdict(reading['before'])} → {_verdict(reading['after'])}" for reading in readings)
    return PurePath(photo["input"]).name, STATUSES[photo["status"]].lower(), labels, *verdicts


def _verdict(scores: Numbers) -> str:
    if scores["top1"] is None:
        return NOT_RUN
    return "first" if scores["top1"] else "in five" if scores["top5"] else "no"


def _fall(network: Numbers, metric: str) -> str:
    return f"{percent(network['before'][metric])} → {percent(network['after'][metric])}"


def _served(numbers: Numbers, way: str) -> list[Numbers]:
    return [network for network in numbers["networks"] if network["shared"] == way]


def _behind(numbers: Numbers) -> list[Numbers]:
    """The networks behind the platform, where it does anything; else on the files themselves."""
    return _served(numbers, numbers["networks"][-1]["shared"])


def _named(network: Numbers) -> str:
    """A network's name without folders, and a star if it had no part in the protection."""
    return f"{PurePath(network['name']).name}{' *' if network['role'] == 'held-out' else ''}"


def _platform(numbers: Numbers) -> str:
    long_edge, quality = numbers["platform"]["long_edge"], numbers["platform"]["quality"]
    steps = [
        *([f"at most {long_edge} pixels long"] if long_edge is not None else []),
        *([f"JPEG quality {quality}"] if quality is not None else []),
    ]
    return ", ".join(steps) or "serves the file itself"


def _photos(numbers: Numbers) -> str:
    return counted(sum(bool(photo["readings"]) for photo in numbers["photos"]), "photo")


def _rest(count: int, noun: str) -> str:
    return f" {counted(count, noun)} in report.json." if count > 0 else ""
