"""Granting calls: one conditional write on the bucket's row says at which instant a call may be made.

A call that may be made now costs one read and one write, and under a fast allowance a process takes a small block of calls at
once. A call that has to wait is granted for its later instant right away, so that everybody in the queue has a place of their own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone

from integrations.database import give_back
from integrations.limits.models import RateBucket
from integrations.limits.terms import Terms
from integrations.limits.timetable import Timetable

__all__ = ["Buckets", "Grant", "change"]

T = TypeVar("T")
TRIES = 50  # conditional writes before a caller that always comes second is asked to come again
AT_LEAST = timedelta(seconds=0.05)
BLOCK_SECONDS = 0.1  # the part of a fast allowance that a process takes at once, and how long it may use it
BLOCK_MOST = 50
WIDEN_EVERY = timedelta(seconds=30)
WIDEN_BY = 0.7
WIDE_ENOUGH = 0.005  # seconds between calls; a pace below is no limit


@dataclass(frozen=True, slots=True)
class Grant:
    """`calls` calls may be made at `at` or later."""

    at: datetime
    calls: int


class Buckets:
    """This process's view of the buckets: blocks of calls it has taken and not used yet. Safe from any thread."""

    def __init__(self) -> None:
        self._blocks: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def take(self, terms: Terms, *, made: int = 0, must: bool = False) -> Grant:
        """One call now; or, when it has to wait, `made` + 1 calls later, since the step will make all of them again.

        With `must` the call is counted and made now, whatever the allowance says.
        """
        if self._from_block(terms.bucket):
            return Grant(timezone.now(), 1)
        block = 1 if must else _block(terms)
        grant = change(terms.bucket, lambda row: _grant(row, terms, block, 1 if must else made + 1))
        give_back()
        if must:
            return Grant(timezone.now(), 1)
        if grant is None:
            return Grant(timezone.now() + AT_LEAST, 0)
        if grant.calls > 1 and grant.at <= timezone.now() and block > 1:
            self._keep_block(terms.bucket, grant.calls - 1)
            return Grant(grant.at, 1)
        return grant

    def _from_block(self, bucket: str) -> bool:
        kept = self._blocks.get(bucket)
        if kept is None:
            return False
        with self._lock:
            left, until = self._blocks.get(bucket, (0, 0.0))
            if left <= 0 or time.monotonic() > until:
                self._blocks.pop(bucket, None)
                return False
            self._blocks[bucket] = (left - 1, until)
            return True

    def _keep_block(self, bucket: str, calls: int) -> None:
        with self._lock:
            self._blocks[bucket] = (calls, time.monotonic() + 2 * BLOCK_SECONDS)


def change(bucket: str, decide: Callable[[RateBucket], T]) -> T | None:
    """Let `decide` change the row, and write it if nobody else has meanwhile; else again. None when others were always first."""
    for _ in range(TRIES):
        row = RateBucket.objects.filter(key=bucket).first()
        if row is None:
            row, _ = RateBucket.objects.get_or_create(key=bucket)
        version = row.version
        answer = decide(row)
        if _write(row, version):
            return answer
    return None


def _write(row: RateBucket, version: int) -> bool:
    values: dict[str, Any] = {
        name: getattr(row, name) for name in ("granted", "pace", "paced_at", "blocked_until", "note")
    }
    written = RateBucket.objects.filter(pk=row.pk, version=version).update(version=version + 1, **values)
    return bool(written)


def _grant(row: RateBucket, terms: Terms, block: int, later: int) -> Grant:
    """A block now if all of it may be made now, else one call now, else `later` calls later."""
    now = timezone.now()
    _widen(row, now)
    start = max(now, row.blocked_until or now).timestamp()
    for calls in sorted({block, 1}, reverse=True):
        if (grant := _try(row, terms, calls, start)).at <= now:
            break
    else:
        grant = _try(row, terms, later, start)
    row.granted = grant.kept
    return Grant(grant.at, grant.calls)


@dataclass(frozen=True, slots=True)
class _Tried:
    at: datetime
    calls: int
    kept: dict[str, Any]


def _try(row: RateBucket, terms: Terms, calls: int, start: float) -> _Tried:
    table = Timetable(terms.allowances, row.granted, pace=row.pace)
    at = table.grant(calls, start)
    return _Tried(datetime.fromtimestamp(at, UTC), calls, table.kept())


def _widen(row: RateBucket, now: datetime) -> None:
    """What was learned is unlearned slowly: nothing has asked us to slow down for a while."""
    if not row.pace or row.paced_at is None or now - row.paced_at < WIDEN_EVERY:
        return
    row.pace = row.pace * WIDEN_BY if row.pace * WIDEN_BY > WIDE_ENOUGH else 0.0
    row.paced_at = now


def _block(terms: Terms) -> int:
    """How many calls a process takes at once: those of a tenth of a second, when there are several."""
    if not terms.allowances:
        return 1
    quickest = max(one.apart for one in terms.allowances)
    most = min(one.calls for one in terms.allowances) // 4
    return max(min(int(BLOCK_SECONDS / quickest), BLOCK_MOST, most), 1)
