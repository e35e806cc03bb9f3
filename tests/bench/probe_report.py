"""Asking the probes of all processes, and reading what they found."""

import contextlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

__all__ = ["asked", "profile_text", "statements"]

HEARD = 1.6  # seconds until every probe has heard or written
SHOWN = 45  # lines of each list
_OURS = ("integrations/", "connectors/", "designer/")


@contextlib.contextmanager
def asked(folder: Path, what: str) -> Iterator[None]:
    """Have every process count or profile meanwhile; their files are complete afterwards."""
    for old in folder.glob("*.json"):
        old.unlink()
    (folder / "asked").write_text(what)
    time.sleep(HEARD)
    try:
        yield
        time.sleep(HEARD)
    finally:
        (folder / "asked").write_text("")
        time.sleep(HEARD)


def statements(folder: Path) -> Counter[str]:
    """Statements by verb and table, all processes together."""
    found: Counter[str] = Counter()
    for path in folder.glob("*.count.json"):
        found.update(json.loads(path.read_text()))
    return found


def profile_text(folder: Path) -> str:
    """CPU milliseconds by process: where it was spent, and under which of our functions."""
    by_name: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(folder.glob("*.profile.json")):
        by_name[path.name.partition("-")[0]].update(json.loads(path.read_text()))
    parts = [
        _told(name, stacks) for name, stacks in sorted(by_name.items(), key=lambda item: -item[1].total())
    ]
    return "\n".join(parts)


def _told(name: str, stacks: Counter[str]) -> str:
    total = stacks.total() or 1
    own: Counter[str] = Counter()
    under: Counter[str] = Counter()
    threads: Counter[str] = Counter()
    for stack, spent in stacks.items():
        frames = stack.split(";")
        own[frames[-1]] += spent
        for frame in set(frames):
            under[frame] += spent
        threads[" > ".join([frame for frame in frames if frame.startswith(_OURS)][:2]) or frames[0]] += spent
    ours = Counter({frame: spent for frame, spent in under.items() if frame.startswith(_OURS)})
    lists = (
        ("own time", own),
        ("with what they call, ours", ours),
        ("with what they call, all", under),
        ("by entry", threads),
    )
    return f"== {name}: {total:.0f} ms of CPU\n" + "\n".join(
        _list(title, counts, total) for title, counts in lists
    )


def _list(title: str, counts: Counter[str], total: float) -> str:
    lines = [
        f"{spent:9.1f} {spent / total * 100:5.1f} %  {frame}" for frame, spent in counts.most_common(SHOWN)
    ]
    return f"-- {title}\n" + "\n".join(lines) + "\n"
