"""One Interlock per data folder: an exclusive lock that lives as long as any process of the group does."""

import fcntl
import os
import time
from pathlib import Path

__all__ = ["FolderInUseError", "lock_folder"]

LOCK_NAME = "interlock.lock"
ENDING = 15.0  # seconds that processes of a former start, whose parent was killed, are given to end


class FolderInUseError(Exception):
    """Another Interlock runs on this data folder. The text is one sentence for a person."""


def lock_folder(data: Path) -> int:
    """Lock `data` (made when absent, 0700) for this process and every child that inherits the returned descriptor.

    The lock is held until the last of them is gone, so what a former start left behind can be cleaned up safely.
    Raises `FolderInUseError` when another start holds it; one whose parent was killed is waited for.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(data / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + ENDING
    while not _try(descriptor):
        parent = _parent(descriptor)
        if _lives(parent) or time.monotonic() > deadline:
            os.close(descriptor)
            raise FolderInUseError(
                f"Interlock is already running on the data folder {data} (process {parent}): "
                "stop it first, or name another folder with INTERLOCK_DATA."
            )
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _parent(descriptor: int) -> int:
    """The process that took the lock, as it wrote itself down; 0 when it hasn't yet."""
    written = os.pread(descriptor, 32, 0).decode(errors="replace")
    return int(written) if written.isdigit() else 0


def _lives(process: int) -> bool:
    if process == 0:
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
