"""Numbers and names in words, for every report."""

import math
import unicodedata

NONE = "–"
"""Where there is no number."""


def percent(probability: float | None) -> str:
    """A probability for people: as many digits as mean something, and never a false 0 % or 100 %."""
    if probability is None or not math.isfinite(probability):
        return "not defined"
    if probability < 1e-4:
        return "less than 0.01\N{NO-BREAK SPACE}%"
    if probability > 1 - 1e-4:
        return "more than 99.99\N{NO-BREAK SPACE}%"
    digits = 2 if probability < 0.01 or probability > 0.999 else 1
    return f"{100 * probability:.{digits}f}\N{NO-BREAK SPACE}%"


def share(value: float | None) -> str:
    """A share for people: whole percents, and never a false 0 or 100."""
    if value is None:
        return NONE
    if 0 < value < 0.005 or 0.995 < value < 1:
        return "<1\N{NO-BREAK SPACE}%" if value < 0.5 else ">99\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def decimal(value: float | None, digits: int = 2) -> str:
    """A number with a fixed count of digits; in words where it is none."""
    return "not defined" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def counted(number: int, noun: str) -> str:
    """A number of things: "1 photo", "2 photos"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: list[str], last: str = "and") -> str:
    """Names in a row: "sky", "sky and sea", "sky, sea and sand"."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def duration(seconds: float) -> str:
    """A time as people say it: "40 s", "3 min", "2 h 5 min", "12 days"."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 72 else f"{round(hours / 24)} days"


def size(count: float) -> str:
    """Bytes as people say it: "3.2 MB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def setting_in_words(value: object) -> str:
    """A setting as people write it."""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(setting_in_words, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def printable(text: str) -> str:
    """The text without what a terminal or a page cannot show, such as the undecodable bytes of a file name."""
    return "".join("?" if unicodedata.category(letter) in {"Cc", "Cs"} else letter for letter in text)
