"""The list of drains: who is queued, who is resident, who is gone. One row each, whatever machine they are on.

Every start has a name of its own. A message that comes twice finds its drain at work and does nothing; one that was believed lost
and comes after all starts a drain like any other.
"""

import contextlib
import os
import platform
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from integrations.polling.lease import free_leases_of as free_looks_of
from integrations.runs.claim import free_leases_of
from integrations.runs.lease import new_owner
from integrations.tasks.backend import QueueAway, get_backend
from integrations.tasks.models import Drain

__all__ = ["DEAD_AFTER", "beat", "bury_dead", "fill_slots", "here", "join", "process_ended"]

DEAD_AFTER = timedelta(seconds=12)  # without a heartbeat
LOST_AFTER = timedelta(
    seconds=15
)  # a queued drain whose message never arrived, though a slot was free for it
SPARE_LOST_AFTER = timedelta(seconds=40)  # one that waits for the next free slot: longer than a slice
LOST_ALONE_AFTER = timedelta(seconds=4)  # one of a broker while nobody is resident: better a message too many
ONE_DISPATCHER = 0x1171E210CC  # the name of the lock that dispatchers take turns with


@cache
def here() -> str:
    """This machine, as far as process ids mean anything: containers may share a host's name, but not its processes."""
    space = ""
    with contextlib.suppress(OSError):
        space = os.readlink("/proc/self/ns/pid").strip("pid:[]")  # noqa: PTH115 - no path, a number in brackets
    return f"{platform.node()[:100]}/{space}"


def join(owner: str) -> bool:
    """A message has come: this process is the drain `owner` now. False = another process is, so there is nothing to do.

    A message comes again when the process that had it was killed: then its runs are freed first.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            row = Drain.objects.select_for_update().filter(owner=owner).first()
            if row is not None and row.state != "queued":
                if not process_ended(row):
                    return False
                free_leases_of([owner], now)
                free_looks_of([owner])
            Drain.objects.update_or_create(owner=owner, defaults=_mine(now))
    except IntegrityError:  # the same message came twice at the same moment
        return False
    return True


def _mine(now: datetime) -> dict[str, Any]:
    return {"state": "live", "host": here(), "pid": os.getpid(), "started_at": now, "heartbeat_at": now}


def beat(owner: str) -> None:
    """A sign of life; a drain that was taken for dead is on the list again."""
    now = timezone.now()
    if not Drain.objects.filter(owner=owner).update(heartbeat_at=now):
        Drain.objects.create(owner=owner, **_mine(now))


def bury_dead(*, patient: bool) -> list[str]:
    """Forget drains that are gone: their process has ended (seen on this machine), or they have been silent for long.

    `patient`: silence proves nothing right now. Returns their names; what they held is the caller's to free.
    """
    now = timezone.now()
    rows = list(Drain.objects.all())
    alone = not any(row.state == "live" for row in rows)
    gone = [row for row in rows if _gone(row, now, patient=patient, alone=alone)]
    return [row.owner for row in gone if _strike(row)]


def _strike(row: Drain) -> bool:
    """Take the row off the list, unless it has given a sign of life since it was read."""
    struck, _ = Drain.objects.filter(pk=row.pk, state=row.state, heartbeat_at=row.heartbeat_at).delete()
    return bool(struck)


def _gone(row: Drain, now: datetime, *, patient: bool, alone: bool) -> bool:
    silent_for = now - row.heartbeat_at
    if row.state == "queued":
        return not patient and silent_for > _lost_after(alone=alone)
    return process_ended(row) or (not patient and silent_for > DEAD_AFTER)


def _lost_after(*, alone: bool) -> timedelta:
    """A broker's messages may be repeated freely, since they go stale; the embedded queue would carry out each of them."""
    if not get_backend().workers_come_and_go:
        return LOST_AFTER
    return LOST_ALONE_AFTER if alone else SPARE_LOST_AFTER


def process_ended(row: Drain) -> bool:
    """True when the drain's process has certainly ended: it ran on this machine and its id is free or reused."""
    if row.pid is None or row.host != here():
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


def fill_slots() -> None:
    """Queue as many drains as are missing. Rows come first, one dispatcher at a time, so that two don't queue twice as many."""
    backend = get_backend()
    now = timezone.now()
    with transaction.atomic():
        _wait_for_turn()
        counted = Drain.objects.filter(state="queued") if backend.workers_come_and_go else Drain.objects.all()
        owners = [new_owner() for _ in range(settings.DRAIN_SLOTS - counted.count())]
        rows = [Drain(owner=owner, state="queued", started_at=now, heartbeat_at=now) for owner in owners]
        Drain.objects.bulk_create(rows)
    for number, owner in enumerate(owners):
        try:
            backend.queue_drain(owner)
        except QueueAway:
            Drain.objects.filter(owner__in=owners[number:]).delete()
            return


def _wait_for_turn() -> None:
    """Until the end of the transaction no other dispatcher counts. SQLite's transactions come one at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_DISPATCHER])
