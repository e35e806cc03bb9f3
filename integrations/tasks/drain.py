"""A drain: claims and advances what is due, stays resident for a slice blocked on the doorbell, ends, is queued again.

Runs of one process share its writer and its leases; threads wait for far systems side by side. A slice ends claiming,
not calls: a call under way is finished, and the run is handed back before its next one.
"""

import logging
import os
import platform
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from integrations.runs.claim import anything_due, claim, next_due
from integrations.runs.lease import RENEW_EVERY, Leases
from integrations.runs.models import Run
from integrations.runs.runner import Runner
from integrations.runs.writer import FenceLost, Writer
from integrations.tasks.chores import run_errands
from integrations.tasks.doorbell import Doorbell
from integrations.tasks.models import Drain

__all__ = ["Draining", "drain"]

logger = logging.getLogger(__name__)
STAGGER = 5.0  # seconds a slice may last longer so that another drain is resident when it ends
IDLE_LOOK = 2.0  # seconds between two looks when nobody rings


def drain(owner: str) -> None:
    """One slice of draining as `owner`: the body of every queue message."""
    draining = Draining(owner)
    try:
        draining.serve(settings.DRAIN_SLICE)
    finally:
        draining.close()


class Draining:
    """The resident part: one writer, one set of leases, one doorbell, `DRAIN_THREADS` threads."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self._register()
        self._bell = Doorbell(owner)
        self._writer = Writer()
        self._leases = Leases(owner, self._writer)
        self._runner = Runner(self._writer, self._leases)
        self._free = threading.Semaphore(settings.DRAIN_THREADS)
        self._pool = ThreadPoolExecutor(settings.DRAIN_THREADS, thread_name_prefix="run")
        self._stop = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="leases", daemon=True)
        self._keeper.start()

    def serve(self, seconds: float) -> None:
        """Claim and advance for `seconds`, then let what was claimed finish."""
        until = time.monotonic() + seconds
        latest = until + STAGGER
        while not self._bell.told_to_end and (time.monotonic() < until or self._must_stay(latest)):
            if not self._advance_due():
                run_errands(self._writer)
                self._bell.wait(min(self._until_next(), max(until - time.monotonic(), 0.5)))
        self._leases.closing = True
        self._pool.shutdown(wait=True)

    def close(self) -> None:
        """Stop the threads and leave the list of drains."""
        self._pool.shutdown(wait=True)
        self._stop.set()
        self._keeper.join()
        self._writer.write(lambda: Drain.objects.filter(owner=self.owner).delete())
        self._writer.close()
        self._bell.close()
        close_old_connections()

    def _advance_due(self) -> bool:
        """Claim as many due runs as threads are free. False = nothing was due."""
        if not anything_due(timezone.now()):
            return False
        free = self._take_slots()
        began = time.monotonic()
        claimed = self._writer.write(lambda: claim(self.owner, free))
        for run in claimed:
            self._leases.hold(run.pk, began)
            self._pool.submit(self._advance, run)
        for _ in range(free - len(claimed)):
            self._free.release()
        return bool(claimed)

    def _take_slots(self) -> int:
        """Wait for one free thread, then take all that are free."""
        self._free.acquire()
        taken = 1
        while taken < settings.DRAIN_THREADS and self._free.acquire(blocking=False):
            taken += 1
        return taken

    def _advance(self, run: Run) -> None:
        try:
            self._runner.advance(run)
        finally:
            self._free.release()

    def _until_next(self) -> float:
        """Seconds until the next waiting run is due, at most `IDLE_LOOK`."""
        due = next_due()
        if due is None:
            return IDLE_LOOK
        return min(max((due - timezone.now()).total_seconds(), 0.0), IDLE_LOOK)

    def _must_stay(self, latest: float) -> bool:
        return time.monotonic() < latest and not self._may_end()

    def _may_end(self) -> bool:
        """One drain of this machine is always resident: a slice ends only while another one stays, if there are slots."""
        if settings.DRAIN_SLOTS == 1:
            return True
        return self._writer.write(self._hand_over_to_another)

    def _hand_over_to_another(self) -> bool:
        others = Drain.objects.filter(host=platform.node()[:120], state="live").exclude(owner=self.owner)
        if not others.exists():
            return False
        Drain.objects.filter(owner=self.owner).update(state="ending")
        return True

    def _register(self) -> None:
        now = timezone.now()
        Drain.objects.update_or_create(
            owner=self.owner,
            defaults={
                "state": "live",
                "host": platform.node()[:120],
                "pid": os.getpid(),
                "started_at": now,
                "heartbeat_at": now,
            },
        )

    def _keep(self) -> None:
        """Renew leases and beat, every 3 s, until the drain ends."""
        while not self._stop.wait(RENEW_EVERY):
            try:
                self._leases.renew()
                self._writer.write(
                    lambda: Drain.objects.filter(owner=self.owner).update(heartbeat_at=timezone.now())
                )
            except FenceLost:
                logger.warning("drain %s could not renew its leases", self.owner)
