"""How the engine does: what is due, who waits for what and for how long, who carries runs, and what is late or paused.

Everything is read in a fixed number of small queries over the partial indexes, however many runs there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from integrations.failures.models import Failure
from integrations.ingress.models import Endpoint
from integrations.polling.models import PollState
from integrations.releases.models import Environment
from integrations.runs.models import Run
from integrations.runs.quarantine import KILLS_WORKERS
from integrations.schedules.models import Schedule, ScheduleDue
from integrations.tasks.models import Drain, Sweeper

__all__ = ["Carrying", "Work", "carrying", "polls", "schedules", "work_of"]

_UNFINISHED = (Run.State.QUEUED, Run.State.RUNNING, Run.State.PARKED)
DRAIN_SILENT = timedelta(seconds=20)
SWEEP_SILENT = timedelta(seconds=45)
"""The dispatcher says every ten seconds that it sweeps."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """Who carries runs. Times are None while nobody has been seen."""

    live: int
    slots: int
    beaten_at: datetime | None
    swept_at: datetime | None
    now: datetime

    @property
    def drained(self) -> bool:
        return self.live > 0 and self.beaten_at is not None and self.now - self.beaten_at < DRAIN_SILENT

    @property
    def swept(self) -> bool:
        return self.swept_at is not None and self.now - self.swept_at < SWEEP_SILENT


@dataclass(frozen=True, slots=True)
class Work:
    """`waiting`: parked runs by reason, and those that wait for their turn in a lane as "turn". Ages are in seconds."""

    due: int
    running: int
    waiting: dict[str, int]
    oldest_due: float | None
    oldest_unfinished: float | None
    suspects: int
    set_aside: int
    failures: int


def carrying() -> Carrying:
    """Of the whole installation."""
    live = Drain.objects.exclude(state="queued").aggregate(count=Count("pk"), beaten_at=Max("heartbeat_at"))
    swept_at = Sweeper.objects.aggregate(swept_at=Max("swept_at"))["swept_at"]
    return Carrying(live["count"], settings.DRAIN_SLOTS, live["beaten_at"], swept_at, timezone.now())


def work_of(environments: Sequence[Environment]) -> Work:
    """Of these environments, in three queries over the runs that aren't over."""
    now = timezone.now()
    runs = Run.objects.filter(environment__in=environments).order_by()
    due = runs.filter(due_at__lte=now).aggregate(count=Count("pk"), oldest=Min("due_at"))
    unfinished = list(
        runs.filter(state__in=_UNFINISHED)
        .values("state", "reason")
        .annotate(
            count=Count("pk"),
            oldest=Min("queued_at"),
            turn=Count("pk", filter=Q(due_at=None)),
            suspects=Count("pk", filter=Q(suspect=True, due_at__isnull=False)),
            set_aside=Count("pk", filter=Q(failure__code=KILLS_WORKERS)),
        )
    )
    open_ones = Failure.objects.filter(environment__in=environments, state=Failure.State.OPEN)
    return Work(
        due=due["count"],
        running=sum(row["count"] for row in unfinished if row["state"] == Run.State.RUNNING),
        waiting=_waiting(unfinished),
        oldest_due=_age(due["oldest"], now),
        oldest_unfinished=_age(min((row["oldest"] for row in unfinished), default=None), now),
        suspects=sum(row["suspects"] for row in unfinished),
        set_aside=sum(row["set_aside"] for row in unfinished),
        failures=open_ones.count(),
    )


def _waiting(unfinished: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found = {
        row["reason"] or "person": row["count"] for row in unfinished if row["state"] == Run.State.PARKED
    }
    turn = sum(row["turn"] for row in unfinished if row["state"] == Run.State.QUEUED)
    return dict(sorted({**found, **({"turn": turn} if turn else {})}.items()))


def polls(environments: Sequence[Environment]) -> QuerySet[PollState]:
    """The polls of endpoints that are open, the one that is due first at the top."""
    return (
        PollState.objects.filter(endpoint__in=_open(environments, "poll"))
        .select_related("endpoint__environment")
        .defer("boundary", "seen", "cursor")
        .order_by("next_at", "pk")
    )


def schedules(environments: Sequence[Environment]) -> list[tuple[Schedule, datetime | None]]:
    """The schedules of endpoints that are open, each with when it is due next."""
    pending = ScheduleDue.objects.filter(schedule=OuterRef("pk"), state=ScheduleDue.State.PENDING)
    rows = Schedule.objects.filter(endpoint__in=_open(environments, "schedule")).order_by("pk")
    found = rows.select_related("endpoint__environment").annotate(due=Subquery(pending.values("due")[:1]))
    return [(one, one.due) for one in found]


def _open(environments: Sequence[Environment], kind: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(environment__in=environments, kind=kind, active=True)


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round(max((now - since).total_seconds(), 0.0), 1)
