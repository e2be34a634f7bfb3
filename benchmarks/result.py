"""What a benchmark found: printed, and written where that was asked for."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any


def give(result: Mapping[str, Any], output: Path | None) -> None:
    """Print a result as JSON, and write it to a file as well."""
    text = json.dumps(result, indent=2)
    print(text)
    if output:
        output.write_text(text + "\n")


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median of rounds, and how far they lie apart."""
    return {"median": median(values), "lowest": min(values), "highest": max(values)}
