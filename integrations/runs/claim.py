"""Who may advance a run. Every change of a run's state outside its own journal goes through here."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from integrations.runs.lease import LEASE
from integrations.runs.models import Run

__all__ = ["anything_due", "claim", "free_leases_of", "next_due", "reap", "wake_waiting"]


def due_runs(now: datetime) -> QuerySet[Run]:
    return Run.objects.filter(state__in=(Run.State.QUEUED, Run.State.PARKED), due_at__lte=now)


def anything_due(now: datetime) -> bool:
    """A cheap read before the write: idle polling takes no write lock."""
    return due_runs(now).exists()


def next_due() -> datetime | None:
    """When the next waiting run is due, so that a drain sleeps exactly until then."""
    waiting = Run.objects.filter(state__in=(Run.State.QUEUED, Run.State.PARKED), due_at__isnull=False)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def claim(owner: str, limit: int) -> list[Run]:
    """Take up to `limit` due runs: one conditional write; a new fence makes every older holder powerless.

    Runs inside the writer's transaction. Returns the claimed runs with release, event and environment loaded.
    """
    now = timezone.now()
    due = due_runs(now).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    ids = list(due.values_list("pk", flat=True)[:limit])
    if not ids:
        return []
    Run.objects.filter(pk__in=ids).update(
        state=Run.State.RUNNING,
        reason="",
        waits_for="",
        due_at=None,
        fence=F("fence") + 1,
        lease_owner=owner,
        lease_until=now + LEASE,
        started_at=Coalesce("started_at", now),
        seq=F("seq") + 1,
    )
    return list(
        Run.objects.filter(pk__in=ids).select_related("release", "event", "environment").order_by("pk")
    )


def reap(now: datetime) -> int:
    """Queue runs whose lease ran out again. The fence stays: the next claim raises it."""
    return _requeue(Q(lease_until__lt=now), now)


def free_leases_of(owners: Sequence[str], now: datetime) -> int:
    """Queue the runs of processes that are known to be dead at once, without waiting for their leases."""
    return _requeue(Q(lease_owner__in=list(owners)), now) if owners else 0


def _requeue(which: Q, now: datetime) -> int:
    lost = Run.objects.filter(which, state=Run.State.RUNNING)
    return lost.update(
        state=Run.State.QUEUED,
        due_at=now,
        lease_owner="",
        lease_until=None,
        deaths=F("deaths") + 1,
        seq=F("seq") + 1,
    )


def wake_waiting(token: str, limit: int | None = None) -> int:
    """Make the runs that wait for `token` due now: all of them, or the `limit` that have waited longest."""
    waiting = Run.objects.filter(state=Run.State.PARKED, waits_for=token)
    if limit is not None:
        longest = waiting.filter(due_at__gt=timezone.now()).order_by("pk")
        waiting = Run.objects.filter(pk__in=list(longest.values_list("pk", flat=True)[:limit]))
    return waiting.update(due_at=timezone.now())
