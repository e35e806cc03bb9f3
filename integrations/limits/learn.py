"""Learning what a far system bears: blocks it asked for, and a pace narrowed by refusals and by its quota headers.

A block holds for everybody who counts in the same bucket. A pace is a smallest distance between two calls; it is narrowed at once and
widened slowly, and both survive restarts, being rows.
"""

import logging
import threading
import time
from collections import deque
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connectors.sdk.quota import Quota
from integrations.database import give_back
from integrations.limits.buckets import change
from integrations.limits.models import RateBucket
from integrations.limits.terms import Terms

__all__ = ["Observed", "block", "heed", "slow_down"]

logger = logging.getLogger(__name__)

SLOWER = 1.5
BELOW = 1.25
SLOWEST = 60.0  # seconds between two calls
ONCE_PER = timedelta(seconds=2)
"""Refusals that come together, to calls already under way, narrow the pace once."""
ENOUGH = 20
"""Calls after which a process's own pace says something: one that has just started has made too few to tell."""
SCARCE = 0.2
"""Part of a quota below which the pace follows what is left of it."""
FEW = 10
"""The same when a far system doesn't say how large its quota is."""


class Observed:
    """How many calls this process has made lately, by bucket: what the first refusal of an undeclared limit is measured by."""

    def __init__(self, seconds: float = 10.0, most: int = 1_000) -> None:
        self._seconds = seconds
        self._most = most
        self._at: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def note(self, bucket: str) -> None:
        calls = self._at.get(bucket)
        if calls is None:
            with self._lock:
                calls = self._at.setdefault(bucket, deque(maxlen=self._most))
        calls.append(time.monotonic())

    def pace(self, bucket: str) -> float:
        """Seconds between two calls of all processes together, as far as this one can tell; 0 when it can't yet."""
        now = time.monotonic()
        calls = [at for at in list(self._at.get(bucket, ())) if now - at <= self._seconds]
        if len(calls) < ENOUGH:
            return 0.0
        spent = max(now - calls[0], 1.0)
        processes = max(int(settings.DRAIN_SLOTS), 1)
        return spent / (len(calls) * processes)


def block(terms: Terms, until: datetime, note: str) -> None:
    """Nobody calls before `until`. A block that lasts longer already stays."""

    def decide(row: RateBucket) -> None:
        if row.blocked_until is None or row.blocked_until < until:
            row.blocked_until, row.note = until, note[:300]

    change(terms.bucket, decide)
    give_back()
    logger.warning("%s: %s until %s", terms.name, note, until.isoformat(timespec="seconds"))


def slow_down(terms: Terms, observed: float, until: datetime, note: str) -> None:
    """The far system refused a call because there were too many: block until it says, and keep a slower pace after that."""

    def decide(row: RateBucket) -> None:
        now = timezone.now()
        if row.blocked_until is None or row.blocked_until < until:
            row.blocked_until, row.note = until, note[:300]
        if row.paced_at is not None and row.pace and now - row.paced_at < ONCE_PER:
            return
        row.pace, row.paced_at = min(_slower(row.pace, terms, observed), SLOWEST), now

    change(terms.bucket, decide)
    give_back()
    logger.warning("%s: %s", terms.name, note)


def heed(terms: Terms, quota: Quota, known_pace: float) -> bool:
    """Follow what is left of a quota. True = something was written. `known_pace` spares the look when it is slow enough."""
    if quota.seconds <= 0 or not _is_scarce(quota):
        return False
    if quota.remaining == 0:
        until = timezone.now() + timedelta(seconds=quota.seconds)
        block(terms, until, "its quota is used up")
        return True
    wanted = min(quota.seconds / quota.remaining, SLOWEST)
    if wanted <= known_pace * BELOW:
        return False

    def decide(row: RateBucket) -> None:
        if row.pace < wanted:
            row.pace, row.paced_at = wanted, timezone.now()
            row.note = f"{quota.remaining} calls left for {quota.seconds:.0f} s"

    change(terms.bucket, decide)
    give_back()
    return True


def _slower(pace: float, terms: Terms, observed: float) -> float:
    if pace:
        return pace * SLOWER
    declared = max((one.apart for one in terms.allowances if one.seconds <= 3600), default=0.0)  # noqa: PLR2004 - an hour
    return max(declared, observed, 0.02) * BELOW


def _is_scarce(quota: Quota) -> bool:
    return quota.remaining < (quota.limit * SCARCE if quota.limit else FEW)
