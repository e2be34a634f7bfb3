"""`unseen` on a file system without hard links, killed as it gives its third copy its name: linkless.py HOW ARGUMENT...

HOW is `renames` where the system can rename a file without overwriting another, and `claims` where it cannot.
"""

import errno
import os
import signal
import sys
from itertools import count
from pathlib import Path

from unseen.cli import main
from unseen.photo import atomic


def refuse(*_: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def kill_at_third(call):
    """The call, until it comes to the third copy; the record's own files do not count."""
    numbers = count(1)

    def called(source, target):
        if ".unseen" not in Path(target).parts and next(numbers) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(source, target)

    return called


os.link = refuse
if sys.argv.pop(1) == "claims":
    atomic._LINUX = None
    Path.replace = kill_at_third(Path.replace)
else:
    atomic._is_renamed = kill_at_third(atomic._is_renamed)
main()
