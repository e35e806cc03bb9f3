"""A drain: claims and advances what is due, stays resident for a slice blocked on the doorbell, ends, is queued again.

Runs of one process share its writer and its leases; threads wait for far systems side by side. A slice ends claiming,
not calls: a call under way is finished, and the run is handed back before its next one.
"""

import gc
import logging
import resource
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from integrations.database import AWAY, forget_broken
from integrations.runs.claim import any_suspect_due, anything_due, claim, claim_suspect, next_due
from integrations.runs.lease import RENEW_EVERY, Leases
from integrations.runs.models import Run
from integrations.runs.runner import Runner
from integrations.runs.slots import Recorder, Slots
from integrations.runs.writer import FenceLost, Writer
from integrations.tasks.chores import run_errands
from integrations.tasks.doorbell import Doorbell, call_others
from integrations.tasks.models import Drain
from integrations.tasks.roster import beat, here, join

__all__ = ["Draining", "drain"]

logger = logging.getLogger(__name__)
STAGGER = 5.0  # seconds a slice may last longer so that another drain is resident when it ends
IDLE_LOOK = 2.0  # seconds between two looks when nobody rings
DATABASE_REST = 1.0  # seconds between two looks for a database that is away
NOT_YET = 0.05  # seconds between two looks at runs that are due while their flow's limit keeps them waiting
CLAIM_AT_LEAST = 4  # runs there must be room for before more are claimed: a claim is a write
FILES = 16_384  # open at a time in one worker process
ERRANDS_EVERY = 1.0  # seconds between two rounds of errands
ROOM_WAIT = 0.05  # seconds to wait for that much room; then fewer will do


def drain(owner: str) -> None:
    """One slice of draining as `owner`: the body of every queue message. Nothing is done when the message came twice."""
    if not join(owner):
        logger.info("the message for drain %s came twice", owner)
        return
    allow_many_files()
    draining = Draining(owner)
    try:
        draining.serve(settings.DRAIN_SLICE)
    finally:
        draining.close()
        gc.collect()  # the ended threads' database connections stand in circles


def allow_many_files() -> None:
    """Each of many threads may have a database connection and a far system's: as many files as the system lets us open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Draining:
    """The resident part: one writer, one set of leases, one doorbell, threads for up to `DRAIN_THREADS` runs at once."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._bell = Doorbell(owner)
        self._writer = Writer()
        self._leases = Leases(owner, self._writer)
        self._recorder = Recorder(owner)
        self._slots = Slots(
            computing=settings.DRAIN_COMPUTING, held=settings.DRAIN_THREADS, recorder=self._recorder
        )
        self._runner = Runner(self._writer, self._leases, self._slots)
        self._pool = ThreadPoolExecutor(settings.DRAIN_THREADS, thread_name_prefix="run")
        self._stop = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="leases", daemon=True)
        self._keeper.start()
        self._errands = threading.Thread(target=self._run_errands, name="errands", daemon=True)
        self._errands.start()

    def serve(self, seconds: float) -> None:
        """Claim and advance for `seconds`, then let what was claimed finish."""
        until = time.monotonic() + seconds
        latest = until + STAGGER
        self._patiently(self._clear_suspects)
        while not self._bell.told_to_end and (time.monotonic() < until or self._must_stay(latest)):
            self._patiently(partial(self._look, until))
        self._leases.closing = True
        self._pool.shutdown(wait=True)

    def _look(self, until: float) -> None:
        """Advance what is due, or rest."""
        if not self._advance_due():
            self._bell.wait(min(self._until_next(), max(until - time.monotonic(), 0.5)))

    def _patiently(self, work: Callable[[], None]) -> None:
        """While the database is away there is nothing to do but wait for it."""
        try:
            work()
        except (*AWAY, FenceLost) as trouble:
            logger.warning("drain %s waits for the database: %s", self.owner, trouble)
            forget_broken()
            self._bell.wait(DATABASE_REST)

    def close(self) -> None:
        """Stop the threads and leave the list of drains."""
        self._pool.shutdown(wait=True)
        self._stop.set()
        self._keeper.join()
        self._errands.join()
        with suppress(FenceLost):  # the database is away: the dispatcher will see that we are silent
            self._writer.write(lambda: Drain.objects.filter(owner=self.owner).delete())
        self._writer.close()
        self._recorder.close()
        self._bell.close()
        close_old_connections()

    def _clear_suspects(self) -> None:
        """Before anything else: runs that may have killed a worker, one at a time, with nothing else in this process."""
        while not self._bell.told_to_end:
            began = time.monotonic()
            run = self._writer.write(lambda: claim_suspect(self.owner)) if any_suspect_due() else None
            if run is None:
                return
            logger.info("run %s is worked on alone: its worker died", run.pk)
            self._leases.hold(run.pk, began)
            self._slots.take()
            self._advance(run)

    def _advance_due(self) -> bool:
        """Claim as many due runs as there is room for. False = nothing was due, or nothing may begin."""
        if not anything_due(timezone.now()):
            return False
        room = self._slots.wait_for_room(CLAIM_AT_LEAST, ROOM_WAIT)
        if not room:
            return True
        began = time.monotonic()
        claimed = self._writer.write(lambda: claim(self.owner, room))
        for run in claimed:
            self._leases.hold(run.pk, began)
            self._slots.take()
            self._pool.submit(self._advance, run)
        if len(claimed) == room:
            call_others()
        return bool(claimed)

    def _advance(self, run: Run) -> None:
        self._slots.begin(run.pk)
        try:
            self._runner.advance(run)
        finally:
            self._slots.end()

    def _until_next(self) -> float:
        """Seconds until the next waiting run is due, at most `IDLE_LOOK`. What is due and may not begin yet is no hurry."""
        due = next_due()
        if due is None:
            return IDLE_LOOK
        return min(max((due - timezone.now()).total_seconds(), NOT_YET), IDLE_LOOK)

    def _must_stay(self, latest: float) -> bool:
        return time.monotonic() < latest and not self._may_end()

    def _may_end(self) -> bool:
        """One drain of this machine is always resident: a slice ends only while another one stays, if there are slots."""
        if settings.DRAIN_SLOTS == 1:
            return True
        try:
            return self._writer.write(self._hand_over_to_another)
        except FenceLost:
            return False

    def _hand_over_to_another(self) -> bool:
        others = Drain.objects.filter(host=here(), state="live").exclude(owner=self.owner)
        if not others.exists():
            return False
        Drain.objects.filter(owner=self.owner).update(state="ending")
        return True

    def _run_errands(self) -> None:
        """Beside the runs, however many are due: on a thread of its own, since an errand may wait for a far system."""
        more = False
        while not self._stop.wait(0 if more else ERRANDS_EVERY) and not self._leases.closing:
            more = False
            try:
                more = run_errands(self._writer, self.owner)
            except (*AWAY, FenceLost) as trouble:
                logger.warning("errands of drain %s wait for the database: %s", self.owner, trouble)
                forget_broken()
            close_old_connections()

    def _keep(self) -> None:
        """Renew leases and beat, every 3 s, until the drain ends."""
        while not self._stop.wait(RENEW_EVERY):
            try:
                self._leases.renew()
                self._writer.write(lambda: beat(self.owner))
            except FenceLost:
                logger.warning("drain %s could not renew its leases", self.owner)
