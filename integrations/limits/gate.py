"""The gate of one step's calls: breaker, block and rate are asked before each request, and learn from how it ended.

What has to wait is never waited for here. A step of a run is parked (`Held`) and comes back when its calls are due; everybody else gets
a failure that says when to try again.
"""

import logging
import random
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from django.utils import timezone

from connectors.sdk.errors import Failure, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.quota import Quota, quota_of
from connectors.sdk.wire import Response
from integrations.database import AWAY
from integrations.engine.outcome import ParkReason
from integrations.engine.waiting import Held
from integrations.limits import breaker, learn
from integrations.limits.board import Bucketed, breaker_of, bucket_of, look_again
from integrations.limits.process import PROCESS
from integrations.limits.terms import Terms

__all__ = ["Admission", "Place", "Unhindered"]

logger = logging.getLogger(__name__)

CANDIDATES = 3
"""Runs of a process that come back for a probe; the others are woken once it has succeeded."""
SAFETY = 60.0
"""Seconds after which they look by themselves, should nobody have woken them."""
SCATTER = 2.0
EARLY = timedelta(milliseconds=5)


class Place(Protocol):
    """Where a step that has to wait keeps the calls it was granted for later."""

    def granted(self) -> tuple[datetime, int] | None:
        """The instant and number of the calls kept for this step, or None."""

    def keep(self, at: datetime, calls: int) -> None:
        """Keep them, in the commit that parks the run."""

    def used(self) -> None:
        """They are used now, or worth nothing any more."""


class Admission:
    """The gate for all requests of one step (or of one errand). Not shared by threads."""

    def __init__(self, terms: Terms, place: Place | None = None) -> None:
        self._terms = terms
        self._place = place
        self._looked = place is None
        self._in_hand = 0
        self._made = 0
        self._probing = False
        self._secured = False

    def admit(self, *, must: bool = False) -> None:
        """One request is about to be sent. Raises `Held` when it has to wait; with `must` it is only counted."""
        if self._secured:
            self._secured = False
            return
        opened = self._probe_at() is not None and not self._probing
        if opened and not must:
            self._wait_for_probe(timezone.now())
        self._pass_rate(must=must)
        if opened:
            self._probe(must=must)
        self._made += 1
        PROCESS.observed.note(self._terms.bucket)

    def secure(self) -> None:
        """Nothing will put the next request off: call this before it is written down that it is meant."""
        if not self._secured:
            self.admit()
            self._secured = True

    def ended(self, response: Response | None, failure: Failure | None) -> None:
        """Learn from the answer: its quota, a refusal because of too many calls, or that there was none worth the name.

        A lesson that can't be written down just now comes again; the answer itself must not be lost for it.
        """
        try:
            self._learn(response, failure)
        except AWAY as trouble:
            logger.warning("%s: nothing was learned: %s", self._terms.name, trouble)

    def _learn(self, response: Response | None, failure: Failure | None) -> None:
        quota = quota_of(response.headers) if response is not None else None
        if isinstance(failure, RateLimited):
            self._slow_down(failure)
        elif quota is not None:
            self._heed(quota)
        if _unanswered(failure):
            self._failed(failure)
        else:
            self._answered()

    # -- the breaker --------------------------------------------------------------------------------------------------

    def _probe_at(self) -> datetime | None:
        tripped = breaker_of(self._terms.connection)
        return tripped.probe_at if tripped is not None else None

    def _wait_for_probe(self, now: datetime) -> None:
        probe_at = self._probe_at()
        if probe_at is None or probe_at <= now:
            return
        before = PROCESS.places.put_off(self._terms.connection)
        late = before * 0.5 if before < CANDIDATES else SAFETY + random.uniform(0, SAFETY)  # noqa: S311 - scatters load
        self._put_off("retry", breaker.token(self._terms.connection), probe_at + timedelta(seconds=late))

    def _probe(self, *, must: bool) -> None:
        """Be the one call that finds out; whoever is second waits for the first."""
        now = timezone.now()
        if must or breaker.try_to_probe(self._terms.connection, now):
            self._probing = True
            look_again()
            return
        look_again()
        self._wait_for_probe(now)

    def _failed(self, failure: Failure | None) -> None:
        sentence = failure.sentence if failure is not None else ""
        often = PROCESS.outcomes.note(self._terms.connection, failed=True)
        breaker.failed(
            self._terms.connection, self._terms.name, sentence, probing=self._probing, at_once=often
        )
        self._probing = False
        look_again()
        if isinstance(failure, Transient) and failure.retry_after:
            until = timezone.now() + timedelta(seconds=failure.retry_after)
            learn.block(self._terms, until, "it asks to be left alone")

    def _answered(self) -> None:
        PROCESS.outcomes.note(self._terms.connection, failed=False)
        if not self._probing and breaker_of(self._terms.connection) is None:
            return
        if breaker.closed_again(self._terms.connection, self._terms.name, probing=self._probing):
            PROCESS.expect_waiting(self._terms.connection)
        self._probing = False
        look_again()

    # -- the rate -----------------------------------------------------------------------------------------------------

    def _pass_rate(self, *, must: bool) -> None:
        bucket = bucket_of(self._terms.bucket)
        now = timezone.now()
        blocked = _blocked(bucket, now)
        if not self._terms.allowances and (bucket is None or not bucket.pace):
            if blocked is not None and not must:
                scatter = timedelta(seconds=random.uniform(0, SCATTER))  # noqa: S311 - scatters load
                self._put_off("rate", self._token, blocked + scatter)
            return
        if blocked is None and self._take_in_hand(now, must=must):
            return
        grant = PROCESS.buckets.take(self._terms, made=self._made, must=must)
        if grant.calls and grant.at <= timezone.now():
            return
        if grant.calls and self._place is not None:
            self._place.keep(grant.at, grant.calls)
        self._put_off("rate", self._token, grant.at)

    def _take_in_hand(self, now: datetime, *, must: bool) -> bool:
        """Use a call that was granted when the step was put off; come back later if it is early."""
        if not self._looked and self._place is not None:
            self._looked = True
            kept = self._place.granted()
            if kept is not None:
                at, calls = kept
                if at > now + EARLY and not must:
                    self._put_off("rate", self._token, at)
                self._place.used()
                self._in_hand = calls if now - at <= self._grace else 0
        if not self._in_hand:
            return False
        self._in_hand -= 1
        return True

    @property
    def _grace(self) -> timedelta:
        """How late a granted call may still be made; later it would meet those that were granted since."""
        shortest = min((one.seconds for one in self._terms.allowances), default=0.0)
        return timedelta(seconds=min(max(2.0, shortest / 10), 60.0))

    @property
    def _token(self) -> str:
        """A step that waits for its own instant isn't woken before."""
        return f"rate:{self._terms.connection}"

    def _slow_down(self, failure: RateLimited) -> None:
        until = timezone.now() + timedelta(seconds=failure.retry_after)
        observed = PROCESS.observed.pace(self._terms.bucket)
        learn.slow_down(self._terms, observed, until, f"asked to slow down for {failure.retry_after:.0f} s")
        look_again()

    def _heed(self, quota: Quota) -> None:
        known = bucket_of(self._terms.bucket)
        if learn.heed(self._terms, quota, known.pace if known else 0.0):
            look_again()

    # -- waiting ------------------------------------------------------------------------------------------------------

    def _put_off(self, reason: ParkReason, token: str, until: datetime) -> NoReturn:
        if self._place is not None:
            raise Held(reason, token, until)
        seconds = max((until - timezone.now()).total_seconds(), 1.0)
        sentence = (
            f"“{self._terms.name}” is not answering; the next try is in {seconds:.0f} s."
            if reason == "retry"
            else f"“{self._terms.name}” may be called again in {seconds:.0f} s."
        )
        raise RateLimited(sentence, code="put_off", retry_after=seconds)


class Unhindered(Admission):
    """The gate of a person's test: every request is counted and lets us learn, none is put off."""

    def admit(self, *, must: bool = True) -> None:
        super().admit(must=True)


def _blocked(bucket: Bucketed | None, now: datetime) -> datetime | None:
    if bucket is None or bucket.blocked_until is None or bucket.blocked_until <= now:
        return None
    return bucket.blocked_until


def _unanswered(failure: Failure | None) -> bool:
    """Whether the far system failed as a whole: it was not reached, not heard in time, or broke down. Every refusal is an answer."""
    if isinstance(failure, OutcomeUnknown):
        return failure.code != "answer_too_large"
    return isinstance(failure, Transient)
