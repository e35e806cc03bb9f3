"""The circuit breaker: a far system that doesn't answer is left alone, and one call at a time finds out whether it is back.

Nothing is written while all is well. A failure raises the count on the connection's row; enough of them in a row open the breaker, once,
whoever writes it. From then on every call is put off but one per pause: a conditional write decides which. Its success closes the
breaker, its failure doubles the pause.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from integrations.database import give_back
from integrations.limits.models import Breaker
from integrations.runs.claim import wake_waiting
from integrations.tasks.doorbell import ring

__all__ = ["closed_again", "failed", "token", "try_to_probe"]

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 300.0  # seconds
FIRST_WOKEN = 2


def token(connection_id: int) -> str:
    """What a run that waits for this connection is parked on."""
    return f"connection:{connection_id}"


def failed(connection_id: int, name: str, note: str, *, probing: bool, at_once: bool = False) -> None:
    """A call failed in a way that waiting may cure. `probing`: it was the one call let through. `at_once`: open it now."""
    now = timezone.now()
    row, _ = Breaker.objects.get_or_create(connection_id=connection_id)
    mine = Breaker.objects.filter(pk=connection_id)
    if probing:
        pause = min(settings.BREAKER_PAUSE * 2 ** min(row.probes, 16), LONGEST_PAUSE)
        mine.exclude(open_since=None).update(
            probe_at=now + timedelta(seconds=pause), failures=F("failures") + 1, note=note[:300]
        )
    else:
        mine.update(failures=F("failures") + 1, note=note[:300])
        if at_once or row.failures + 1 >= settings.BREAKER_FAILURES:
            _open(connection_id, name, now, note)
    give_back()


def _open(connection_id: int, name: str, now: datetime, note: str) -> None:
    opened = Breaker.objects.filter(pk=connection_id, open_since=None).update(
        open_since=now, probe_at=now + timedelta(seconds=settings.BREAKER_PAUSE), probes=0
    )
    if opened:
        logger.warning("“%s” is not answering; its runs wait. %s", name, note)


def try_to_probe(connection_id: int, now: datetime) -> bool:
    """Whether this caller may make the one call that finds out. It has a call's deadline and a little more for it."""
    lease = timedelta(seconds=settings.CALL_DEADLINE + 5)
    taken = (
        Breaker.objects.filter(pk=connection_id, probe_at__lte=now)
        .exclude(open_since=None)
        .update(probe_at=now + lease, probes=F("probes") + 1)
    )
    give_back()
    return bool(taken)


def closed_again(connection_id: int, name: str, *, probing: bool) -> bool:
    """A call was answered: forget the failures, and close the breaker if this was its probe. True = it was closed.

    The first few of those who wait are woken; each of them that succeeds wakes further ones.
    """
    mine = Breaker.objects.filter(pk=connection_id)
    if not probing:
        mine.filter(open_since=None, failures__gt=0).update(failures=0)
        give_back()
        return False
    closed = mine.exclude(open_since=None).update(
        open_since=None, probe_at=None, probes=0, failures=0, note=""
    )
    if closed:
        logger.warning("“%s” answers again.", name)
        wake_waiting(token(connection_id), FIRST_WOKEN)
        ring()
    give_back()
    return bool(closed)
