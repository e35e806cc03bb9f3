"""When the next calls may be made under several allowances at once and a learned pace. Pure: no clock, no database.

An allowance is so many calls in any stretch of so many seconds. It is kept exactly: the instants granted are remembered in
chunks (at most `CHUNKS` per allowance), and a chunk may begin only one stretch after the chunk that came a whole allowance
before it has ended. So a burst may use all of an allowance at once, a queue gets all of its rate, and no stretch of time, wherever it
begins, sees more. Calls that have to wait are spread rather than given one instant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Allowance", "Timetable"]

CHUNKS = 20
SPREAD = 4  # waiting calls follow each other at up to this many times the allowance's own rate
WIDEST = 1.0  # seconds between two of them at most


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float

    @property
    def name(self) -> str:
        return f"{self.calls}/{self.seconds:g}"

    @property
    def chunk(self) -> int:
        """Calls remembered as one."""
        return -(-self.calls // CHUNKS)

    @property
    def chunks(self) -> int:
        """Chunks that make up the allowance; what is left over of it is given up."""
        return self.calls // self.chunk

    @property
    def apart(self) -> float:
        """Seconds between two calls at the allowance's even rate."""
        return self.seconds / self.calls


class _Log:
    """What was granted under one allowance: the instants at which its last chunks ended, and the begun chunk's calls."""

    def __init__(self, allowance: Allowance, kept: Mapping[str, Any]) -> None:
        self.allowance = allowance
        self.ends: list[float] = list(kept.get("ends", ()))
        self.begun: int = int(kept.get("begun", 0))

    def earliest(self) -> float:
        """Before this instant the next call may not be made; 0 = at any time."""
        if self.begun or len(self.ends) < self.allowance.chunks:
            return 0.0
        return self.ends[-self.allowance.chunks] + self.allowance.seconds

    def note(self, at: float) -> None:
        self.begun += 1
        if self.begun >= self.allowance.chunk:
            self.ends = [*self.ends, at][-self.allowance.chunks :]
            self.begun = 0

    def is_of_use(self, now: float) -> bool:
        """Whether anything it remembers may still matter to whoever has this allowance."""
        return bool(self.ends) and self.ends[-1] + self.allowance.seconds > now

    def kept(self) -> dict[str, Any]:
        return {"ends": self.ends, "begun": self.begun}


def _named(name: str) -> Allowance:
    calls, _, seconds = name.partition("/")
    return Allowance(int(calls), float(seconds))


class Timetable:
    """The calls granted so far, and the next ones. Instants are epoch seconds. `granted` is JSON, as `kept` gave it.

    Allowances of others who count in the same place are noted too, so that each keeps its own.
    """

    def __init__(
        self, allowances: Sequence[Allowance], granted: Mapping[str, Any], *, pace: float = 0.0
    ) -> None:
        self._last = float(granted.get("last", 0.0))
        self._pace = pace
        logs: Mapping[str, Any] = granted.get("logs", {})
        self._logs = [_Log(one, logs.get(one.name, {})) for one in allowances]
        own = {one.name for one in allowances}
        others = [_Log(_named(name), kept) for name, kept in logs.items() if name not in own]
        self._others = [log for log in others if log.is_of_use(self._last)]

    def grant(self, calls: int, not_before: float) -> float:
        """Grant the next `calls` calls; the instant of the last of them, at or after `not_before`."""
        at = not_before
        for _ in range(calls):
            at = self._next(not_before)
            self._last = at
            for log in (*self._logs, *self._others):
                log.note(at)
        return at

    def kept(self) -> dict[str, Any]:
        """All of it as JSON."""
        logs = (*self._logs, *self._others)
        return {"last": self._last, "logs": {log.allowance.name: log.kept() for log in logs}}

    def _next(self, not_before: float) -> float:
        at = max(not_before, self._last)
        if self._pace and self._last:
            at = max(at, self._last + self._pace)
        for log in self._logs:
            at = max(at, log.earliest())
        if at <= not_before or self._last <= not_before:
            return at
        return max(at, self._last + self._between())

    def _between(self) -> float:
        """Between two calls that wait: not all at one instant, and not so far apart that rate is lost."""
        quickest = min((log.allowance.apart for log in self._logs), default=0.0)
        return min(quickest / SPREAD, WIDEST)
