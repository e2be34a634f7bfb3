"""Starts `unseen` again and again and kills it, and lets it finish in the end: killed.py SEED KILLS LOG ARGUMENT...

One line of the log is written for each start: how it ended. The program is forked, so that each start costs no import.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from unseen.cli import main

LONGEST = float(os.environ.get("UNSEEN_TEST_LONGEST", "0.5"))


def start(arguments: list[str]) -> int:
    process = os.fork()
    if process:
        return process
    os.setsid()
    sys.argv = ["unseen", *arguments]
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(int(ended.code or 0))
    os._exit(99)


def kill_and_finish(seed: int, kills: int, log: Path, arguments: list[str]) -> None:
    rng = random.Random(seed)
    while kills:
        process = start(arguments)
        time.sleep(rng.uniform(0.01, LONGEST))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        kills -= os.WIFSIGNALED(status)
        with log.open("a") as file:
            file.write(f"{'killed' if os.WIFSIGNALED(status) else 'ended'}\n")
        if not os.WIFSIGNALED(status):
            break
    _, status = os.waitpid(start(arguments), 0)
    with log.open("a") as file:
        file.write(f"finished with {os.WEXITSTATUS(status)}\n")


if __name__ == "__main__":
    kill_and_finish(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
