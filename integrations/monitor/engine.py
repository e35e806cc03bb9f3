"""How the engine does: what is due, who waits for what and for how long, who carries runs, and what is late or paused.

Everything is read in a fixed number of small queries over the partial indexes, however many runs there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone

from integrations.failures.models import Failure
from integrations.ingress.models import Endpoint
from integrations.polling.models import PollState
from integrations.releases.models import Environment
from integrations.runs.models import Run
from integrations.runs.quarantine import KILLS_WORKERS
from integrations.schedules.models import Schedule, ScheduleDue
from integrations.tasks.models import Drain, Sweeper

__all__ = ["COUNTED", "Carrying", "Work", "carrying", "polls", "schedules", "work_of"]

COUNTED = 10_000
"""Runs beyond this many are not counted one by one."""
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
    """Of these environments."""
    now = timezone.now()
    runs = Run.objects.filter(environment__in=environments).order_by()
    due = runs.filter(due_at__lte=now)
    parked = runs.filter(state=Run.State.PARKED).values_list("reason").annotate(count=Count("pk"))
    waiting = {reason or "person": count for reason, count in parked}
    if turn := runs.filter(state=Run.State.QUEUED, due_at=None)[:COUNTED].count():
        waiting["turn"] = turn
    unfinished = runs.filter(state__in=(Run.State.QUEUED, Run.State.RUNNING, Run.State.PARKED))
    open_ones = Failure.objects.filter(environment__in=environments, state=Failure.State.OPEN)
    killers = Failure.objects.filter(environment__in=environments, code=KILLS_WORKERS)
    return Work(
        due=due[:COUNTED].count(),
        running=runs.filter(lease_until__isnull=False)[:COUNTED].count(),
        waiting=dict(sorted(waiting.items())),
        oldest_due=_age(due.aggregate(at=Min("due_at"))["at"], now),
        oldest_unfinished=_age(unfinished.aggregate(at=Min("queued_at"))["at"], now),
        suspects=runs.filter(suspect=True, due_at__isnull=False)[:COUNTED].count(),
        set_aside=runs.filter(failure__in=killers, state=Run.State.PARKED)[:COUNTED].count(),
        failures=open_ones.count(),
    )


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
    rows = Schedule.objects.filter(endpoint__in=_open(environments, "schedule"))
    rows = rows.select_related("endpoint__environment").order_by("pk")
    pending = ScheduleDue.objects.filter(schedule__in=rows.values("pk"), state=ScheduleDue.State.PENDING)
    due = dict(pending.values_list("schedule_id", "due"))
    return [(one, due.get(one.pk)) for one in rows]


def _open(environments: Sequence[Environment], kind: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(environment__in=environments, kind=kind, active=True)


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round(max((now - since).total_seconds(), 0.0), 1)
