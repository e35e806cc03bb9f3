"""What becomes of due instants that nobody was there for: some are fired late, the others are recorded as skipped."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from connectors.sdk.wire import Json
from integrations.engine.recurrence import Recurrence

__all__ = ["Misfire", "Settled", "misfire_of", "settle"]

GRACE = 60  # seconds an instant may be late and still count as on time
MOST = 10
COUNTED = 50_000
"""Missed instants that are looked at one by one; of more, those in the middle are passed over."""
RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Misfire:
    """`skip`: late instants start nothing; `once`: the latest of them starts one run for all; `all`: the latest `most` do."""

    policy: Literal["skip", "once", "all"] = "once"
    most: int = MOST
    grace: timedelta = timedelta(seconds=GRACE)


@dataclass(frozen=True, slots=True)
class Settled:
    """What happens now: `fire` these instants, in order; `skipped` of them (first, last, how many) start nothing."""

    fire: tuple[datetime, ...]
    skipped: tuple[datetime, datetime, int] | None


def misfire_of(config: Mapping[str, Json]) -> Misfire:
    """A trigger node's `misfire` configuration, defaults filled in."""
    return Misfire(
        policy=config.get("policy", "once"),
        most=int(config.get("most", MOST)),
        grace=timedelta(seconds=config.get("grace", GRACE)),
    )


def settle(recurrence: Recurrence, due: datetime, now: datetime, rule: Misfire, floor: datetime) -> Settled:
    """Decide about `due` and every instant of `recurrence` after it up to `now`; before `floor` it has none but `due`."""
    past = _Past(rule)
    past.add(due, now)
    for instant in _until(now, recurrence.after(max(due, floor))):
        past.add(instant, now)
        if past.count > COUNTED:
            break
    else:
        return Settled(past.fired(), past.skipped())
    for recent in _until(now, recurrence.after(max(instant, now - RECENT))):
        past.add(recent, now)
    return Settled(past.fired(), past.skipped())


def _until(now: datetime, instants: Iterator[datetime]) -> Iterator[datetime]:
    return takewhile(lambda instant: instant <= now, instants)


class _Past:
    """Instants up to now, in order: those on time, and of the late ones the last that the policy fires."""

    def __init__(self, rule: Misfire) -> None:
        self._rule = rule
        self._on_time: list[datetime] = []
        wanted = {"skip": 0, "once": 1, "all": rule.most}[rule.policy]
        self._late: deque[datetime] = deque(maxlen=wanted)
        self._first: datetime | None = None
        self._last: datetime | None = None
        self.count = 0

    def add(self, instant: datetime, now: datetime) -> None:
        if now - instant <= self._rule.grace:
            self._on_time.append(instant)
            return
        self.count += 1
        full = len(self._late) == self._late.maxlen
        if full:
            dropped = self._late[0] if self._late else instant
            self._first, self._last = self._first or dropped, dropped
        self._late.append(instant)

    def fired(self) -> tuple[datetime, ...]:
        """An instant on time stands for the late ones as well when once is enough."""
        covered = self._rule.policy == "once" and self._on_time
        return (*([] if covered else self._late), *self._on_time)

    def skipped(self) -> tuple[datetime, datetime, int] | None:
        covered = self._rule.policy == "once" and self._on_time
        last = self._late[-1] if covered and self._late else self._last
        first = self._first or (self._late[0] if covered and self._late else None)
        missed = self.count - (0 if covered else len(self._late))
        return (first, last, missed) if first and last and missed else None
