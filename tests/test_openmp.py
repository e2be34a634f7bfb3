"""In processes of their own, for this one has torch already."""

import os
import subprocess
import sys

import pytest

WATCHING = """
import os, sys

class Watching:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("GOMP_SPINCOUNT"), os.environ.get("OMP_WAIT_POLICY"))
            sys.exit()

sys.meta_path.insert(0, Watching())
import unseen.cli
"""


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ({}, "3000 None"),
        ({"GOMP_SPINCOUNT": "7"}, "7 None"),
        ({"OMP_WAIT_POLICY": "active"}, "None active"),
    ],
)
def test_how_long_threads_spin_is_settled_when_torch_is_loaded(own: dict[str, str], found: str) -> None:
    others = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    run = subprocess.run([sys.executable, "-c", WATCHING], env=others | own, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == found
