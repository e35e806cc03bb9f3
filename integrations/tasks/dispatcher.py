"""The sweep: every 2 s it sees to it that drains are resident, frees the runs of the dead, and wakes what is due.

A small process of our own, outside the workers and safe to run twice. It never calls a far system.
"""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from integrations.database import AWAY, forget_broken
from integrations.polling.lease import free_leases_of as free_looks_of
from integrations.runs.claim import anything_due, free_leases_of, reap
from integrations.runs.quarantine import quarantine_killers
from integrations.tasks.chores import Chores
from integrations.tasks.doorbell import ring
from integrations.tasks.roster import DEAD_AFTER, bury_dead, fill_slots

__all__ = ["Dispatcher", "sweep"]

logger = logging.getLogger(__name__)
SWEEP_EVERY = 2.0  # seconds
OUTAGE = 6.0  # seconds between two sweeps that mean the database was away


class Dispatcher:
    """Sweeps until told to stop."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._chores = Chores()
        self._swept_at = time.monotonic()
        self._patient_until = 0.0
        self._away = False

    def serve(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                sweep(patient=self._patient(began))
                self._swept_at = time.monotonic()
                self._chores.do_due()
                self._say_back()
            except AWAY as trouble:
                self._say_away(trouble)
            except DatabaseError:
                logger.exception("the sweep met a database error; it goes on")
            close_old_connections()
            self.stopping.wait(max(SWEEP_EVERY - (time.monotonic() - began), 0.1))

    def _say_away(self, trouble: Exception) -> None:
        """Once, however long it lasts."""
        if not self._away:
            logger.warning("the database is away; the sweep goes on when it is back: %s", trouble)
        self._away = True
        forget_broken()

    def _say_back(self) -> None:
        if self._away:
            logger.warning("the database is back")
        self._away = False

    def _patient(self, now: float) -> bool:
        """After an outage of the database nobody's heartbeat is fresh: drains get time to beat again."""
        if now - self._swept_at > OUTAGE:
            self._patient_until = now + DEAD_AFTER.total_seconds()
        return now < self._patient_until


def sweep(*, patient: bool = False) -> None:
    """One look: bury the dead, reap expired leases, keep the slots filled, ring if something is due.

    `patient`: a silent drain isn't taken for dead, only one whose process has ended.
    """
    now = timezone.now()
    dead = bury_dead(patient=patient)
    with transaction.atomic():
        freed = free_leases_of(dead, now) + reap(now)
        free_looks_of(dead)
    if freed:
        logger.warning("freed %d runs of workers that died", freed)
    quarantine_killers()
    fill_slots()
    if freed or anything_due(now):
        ring()
