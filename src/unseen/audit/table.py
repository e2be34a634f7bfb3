"""The account of an audit on a terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from unseen.audit.account import Audit
from unseen.audit.words import ROLES, findings, found, interval, mean, of, opening, short_names
from unseen.report.layout import Version
from unseen.report.words import NONE, decimal, printable, share

_SHOWN: tuple[Version, ...] = ("original", "noise", "protected")


def tables(audit: Audit) -> Group:
    """How photos are still read, way by way and network by network, and what was not tested."""
    told = findings(audit)
    parts: list[RenderableType] = [Text(opening(audit), style="bold"), Text()]
    if any(summary.network is None for summary in audit.summary):
        parts += [_ways(audit), *(Text(sentence) for sentence in (*told.no_longer, *told.still)), Text()]
    parts += [_networks(audit), Text("Not tested", style="bold")]
    parts += [Text(f"- {printable(line)}") for line in (*audit.notes, *audit.not_tested)]
    return Group(*parts)


def _ways(audit: Audit) -> Table:
    result = _table("How often the first guess is right: all networks that had no part in it")
    result.add_column("Photos", min_width=30)
    for heading in ("Originals", "Noise of\nsame size", "Protected\ncopies", "95 %", "Worst\ntenth", "Same\nmeaning"):
        result.add_column(heading, justify="right", no_wrap=True)
    for name, meaning in audit.presets.items():
        original, noise, copy = (found(audit, name, version) for version in _SHOWN)
        if copy is not None:
            shares = [mean(of(one)) for one in (original, noise, copy)]
            worst = NONE if copy.top1 is None else share(copy.top1.worst)
            result.add_row(meaning, *shares, interval(copy.top1), worst, mean(copy.leaked))
    return result


def _networks(audit: Audit) -> Table:
    first = next(iter(audit.presets), "file")
    result = _table(f"Network by network: {audit.presets.get(first, first)}")
    for heading in ("Network", "Protection was"):
        result.add_column(heading, overflow="fold")
    headings = ("Originals", "Noise of\nsame size", "Protected\ncopies", "95 %", "In five", "Chance", "Uncertainty")
    for heading in headings:
        result.add_column(heading, justify="right", no_wrap=True)
    names = short_names(audit)
    for network in audit.networks:
        original, noise, copy = (found(audit, first, version, network.name) for version in _SHOWN)
        if copy is not None:
            cells = [mean(of(one)) for one in (original, noise, copy)]
            cells += [interval(copy.top1), mean(copy.top5), mean(copy.icp)]
            ice = NONE if copy.ice is None else decimal(copy.ice.mean)
            result.add_row(Text(printable(names[network.name])), ROLES[network.role], *cells, ice)
    return result


def _table(title: str) -> Table:
    return Table(box=SIMPLE_HEAD, pad_edge=False, title=Text(title), title_justify="left", title_style="bold")
