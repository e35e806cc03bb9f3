"""Where a rehearsal may kill this process: named boundaries of a step, armed only by the environment.

`INTERLOCK_KILL_AT=<step>[:before|intended|sent]` and `INTERLOCK_KILL_MARKER=<file>`: the process sends itself
SIGKILL the first time it passes that boundary (the marker file, made exclusively, says that it happened). The chaos
test and `manage.py demo --kill-worker-at` use it; without the two variables `passing` is a no-op.
"""

import os
import signal
from pathlib import Path
from typing import Literal

__all__ = ["Boundary", "passing"]

Boundary = Literal["before", "intended", "sent"]
_STEP, _, _BOUNDARY = os.environ.get("INTERLOCK_KILL_AT", "").partition(":")
_MARKER = os.environ.get("INTERLOCK_KILL_MARKER", "")


def passing(path: str, boundary: Boundary) -> None:
    """This process passes `boundary` of the step at `path`."""
    if not _STEP or path != _STEP or boundary != (_BOUNDARY or "before"):
        return
    try:
        with Path(_MARKER).open("x") as marker:
            marker.write(f"{os.getpid()} at {path}:{boundary}\n")
            marker.flush()
            os.fsync(marker.fileno())
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
