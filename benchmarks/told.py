"""The record of `adaptive.py` as tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Share = Mapping[str, float]

HANDLED = {"file": "file", "small": "224 px, JPEG 75"}


def tables(record: Mapping[str, Any]) -> str:
    """Three tables in Markdown: tuned networks, detectors, copies."""
    settings, results = record["settings"], record["results"]
    photos = settings["photos"]
    heads = [f"{version}, {handled}" for handled in HANDLED.values() for version in ("clean", "protected")]
    keys = [f"{version}/{handling}" for handling in HANDLED for version in ("clean", "protected")]
    attackers = [
        (
            line["network"],
            line["attacker"],
            *(share(line["top1"][key]) for key in keys),
            tuning(line),
            hindsight(line),
        )
        for name, line in results.items()
        if name.startswith("attacker/")
    ]
    detectors = [
        (line["contest"], HANDLED[line["handling"]], f"{line['auc']:.3f}", share(line["found"]))
        for name, lines in results.items()
        if name.startswith("detectors/")
        for line in lines
    ]
    matches = [
        (line["hash"], line["pairs of"].replace("small", HANDLED["small"]), str(line["pairs"]), f"{line['mean']:.1f}",
         f"{line['matched']:.1%}")
        for line in results["copies"]
    ]  # fmt: skip
    opening = (
        f"`{settings['scheme']}` from {' and '.join(settings['protection']['models'])}, seed {settings['seed']}; "
        f"learnt from {photos['train']} photos, judged on {photos['test']}; unseen {settings['version']}; "
        "95 % intervals in brackets."
    )
    return "\n\n".join(
        (
            opening,
            table(("network", "attacker", *heads, "tuned", "protected at best (clean then), file"), attackers),
            table(("told apart", "as", "AUC", "found at 1 % false alarms"), detectors),
            table(("hash", "pairs of", "pairs", "bits of 64 that differ", "taken for copies"), matches),
        )
    )


def tuning(line: Mapping[str, Any]) -> str:
    """What the attacker chose on the photos held out."""
    if line["passes"] is None:
        return ""
    if line["passes"] == 0:
        return "nothing did better"
    by = "answers and labels" if line["weight"] else "answers"
    return f"{line['passes']} {'pass' if line['passes'] == 1 else 'passes'} at {line['rate']:g}, by {by}"


def hindsight(line: Mapping[str, Any]) -> str:
    """The pass after which most protected photos were read, chosen on the very photos that he is judged on."""
    if not line["watched"]:
        return ""
    protected, clean = max(line["watched"])
    return f"{protected:.1%} ({clean:.1%})"


def share(estimate: Share) -> str:
    """A share and its interval, in per cent."""
    return f"{estimate['mean']:.1%} ({100 * estimate['low']:.1f}–{100 * estimate['high']:.1f})"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
