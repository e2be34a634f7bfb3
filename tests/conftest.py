"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with development data and weights: $UNSEEN_SHARED, or `shared` beside the checkout."""
    named = os.environ.get("UNSEEN_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no development data: {folder} is not a folder; set UNSEEN_SHARED to one")
    return folder
