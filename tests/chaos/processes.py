"""The process tree below one process, read from /proc: what is killed, and by what name."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

__all__ = ["below", "kill", "leaves", "role"]

ROLES = (
    ("worker", ("manage.py worker", "celery")),
    ("dispatcher", ("manage.py dispatcher",)),
    ("web", ("granian",)),
    ("live", ("uvicorn",)),
)


def below(parent: int) -> dict[int, int]:
    """Every living descendant of `parent` with its own parent."""
    parents = dict(_everyone())
    found: dict[int, int] = {}
    layer = {parent}
    while layer:
        layer = {pid for pid, above in parents.items() if above in layer and pid not in found}
        found |= {pid: parents[pid] for pid in layer}
    return found


def leaves(parent: int) -> list[int]:
    """The descendants that have no children of their own; `parent` itself when it has none."""
    tree = below(parent)
    return sorted(set(tree) - set(tree.values())) or [parent]


def role(pid: int) -> str:
    """ "worker", "dispatcher", "web" or "live"; "" for anything else, and for what is gone."""
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return next((name for name, words in ROLES if any(word in command for word in words)), "")
    return ""


def kill(pids: Iterator[int] | list[int]) -> int:
    """SIGKILL; returns how many were still there."""
    struck = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            struck += 1
    return struck


def _everyone() -> Iterator[tuple[int, int]]:
    """(process, parent) of all that run; what has ended and waits to be collected is left out."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                yield int(entry.name), int(parent)
