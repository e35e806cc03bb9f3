"""Measuring processes from outside: CPU time and memory of a process and everything below it, and the machine they run on."""

import os
import platform
import statistics
import threading
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Memory", "cpu_by_process", "cpu_seconds", "machine", "percentile", "pss_mb", "tree"]

_TICK = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1024  # in KB
_NAMES = {"granian": "web", "uvicorn": "live", "worker": "worker", "dispatcher": "dispatcher"}
"""What stands in a process's command line → what it is."""


def tree(root: int) -> list[int]:
    """`root` and every living process below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of `root` and everything below it: the living, and the dead whom their parents have collected."""
    return sum(sum(map(int, fields[11:15])) for pid in tree(root) if (fields := _stat(pid))) / _TICK


def cpu_by_process(root: int) -> dict[str, float]:
    """The same by what each process is, or what started it; `root` itself is "supervisor"."""
    names, found = {root: "supervisor"}, {"supervisor": _own_seconds(root)}
    for pid in tree(root)[1:]:
        if fields := _stat(pid):
            above = names.get(int(fields[1]), "")
            names[pid] = _name(pid) or (above if above != "supervisor" else "") or "other"
            spent = sum(map(int, fields[11:15])) / _TICK
            found[names[pid]] = found.get(names[pid], 0.0) + spent
    return found


def pss_mb(root: int) -> float:
    """Memory of `root` and everything below it in MB; what processes share is counted once."""
    return sum(_pss(pid) for pid in tree(root)) / _MEGABYTE


class Memory:
    """Looks at the memory once a second until `stop`, which gives the most there was, in MB."""

    def __init__(self, root: int) -> None:
        self._root, self._peak = root, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return max(self._peak, pss_mb(self._root))

    def _look(self) -> None:
        while not self._over.wait(1.0):
            self._peak = max(self._peak, pss_mb(self._root))


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many percent lie; 0 of nothing."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def machine() -> dict[str, str | int | float]:
    """What the figures were measured on, and how busy it was with other things (1-minute load)."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        "",
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return {
        "cores": os.cpu_count() or 0,
        "cpu": model,
        "memory_gb": round(memory / 1024**2, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; [] when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _own_seconds(pid: int) -> float:
    return sum(map(int, (_stat(pid) or ["0"] * 15)[11:13])) / _TICK


def _name(pid: int) -> str:
    words = " ".join(_lines(f"/proc/{pid}/cmdline")).replace("\0", " ")
    return next((name for word, name in _NAMES.items() if word in words), "")


def _pss(pid: int) -> int:
    lines = _lines(f"/proc/{pid}/smaps_rollup")
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
