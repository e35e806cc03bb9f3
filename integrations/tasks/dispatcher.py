"""The sweep: every 2 s it sees to it that drains are resident, frees the runs of the dead, and wakes what is due.

A small process of our own, outside the workers and safe to run twice. It never calls a far system.
"""

import contextlib
import logging
import os
import platform
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.utils import timezone

from integrations.runs.claim import anything_due, free_leases_of, reap
from integrations.runs.lease import new_owner
from integrations.tasks.backend import get_backend
from integrations.tasks.chores import Chores
from integrations.tasks.doorbell import ring
from integrations.tasks.models import Drain

__all__ = ["Dispatcher", "sweep"]

logger = logging.getLogger(__name__)
SWEEP_EVERY = 2.0  # seconds
DEAD_AFTER = timedelta(seconds=12)  # without a heartbeat
LOST_AFTER = timedelta(seconds=15)  # a queued drain whose message never arrived


class Dispatcher:
    """Sweeps until told to stop."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._chores = Chores()

    def serve(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                sweep()
                self._chores.do_due()
            except DatabaseError:
                logger.exception("the sweep met a database error; it goes on")
            close_old_connections()
            self.stopping.wait(max(SWEEP_EVERY - (time.monotonic() - began), 0.1))


def sweep() -> None:
    """One look: bury the dead, reap expired leases, keep the slots filled, ring if something is due."""
    now = timezone.now()
    dead = _bury_dead()
    with transaction.atomic():
        freed = free_leases_of(dead, now) + reap(now)
    if freed:
        logger.warning("freed %d runs of workers that died", freed)
    _fill_slots()
    if freed or anything_due(now):
        ring()


def _bury_dead() -> list[str]:
    """Drains that are gone: their process has ended (seen on this machine), or they have not beaten for long."""
    now = timezone.now()
    dead = []
    for row in Drain.objects.all():
        limit = LOST_AFTER if row.state == "queued" else DEAD_AFTER
        if row.heartbeat_at < now - limit or (row.state == "live" and _process_ended(row)):
            dead.append(row.owner)
    if dead:
        Drain.objects.filter(owner__in=dead).delete()
    return dead


def _process_ended(row: Drain) -> bool:
    """True when the drain's process has certainly ended: it ran on this machine and its id is free or reused."""
    if row.pid is None or row.host != platform.node()[:120]:
        return False
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(row.pid)


def _is_zombie(pid: int) -> bool:
    """A killed child whose parent has not collected it yet still has its id."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def _fill_slots() -> None:
    """Queue a drain for every empty slot. The row comes first, so that two dispatchers don't queue twice as many."""
    now = timezone.now()
    with transaction.atomic():
        missing = settings.DRAIN_SLOTS - Drain.objects.count()
        owners = [new_owner() for _ in range(missing)]
        rows = [Drain(owner=owner, state="queued", started_at=now, heartbeat_at=now) for owner in owners]
        Drain.objects.bulk_create(rows)
    for owner in owners:
        get_backend().queue_drain(owner)
