import subprocess
import sys

from unseen import __version__


def test_the_package_runs_as_the_command() -> None:
    run = subprocess.run([sys.executable, "-m", "unseen", "--version"], capture_output=True, text=True, check=True)
    assert __version__ in run.stdout
