"""Who may advance a run. Every change of a run's state outside its own journal goes through here.

Only queued and parked runs have a due time, so one partial index says what is due, environment by environment.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from integrations.ingress.models import Event
from integrations.records import columns, instances
from integrations.releases.ranks import environments_by_rank
from integrations.runs.flow_limits import Room, room_of_limited_flows
from integrations.runs.lease import LEASE
from integrations.runs.models import Run
from integrations.runs.slots import suspects_of
from integrations.statements import execute, moment, moment_of, table

__all__ = [
    "any_suspect_due",
    "anything_due",
    "claim",
    "claim_suspect",
    "free_leases_of",
    "next_due",
    "queue_again",
    "reap",
    "wake_waiting",
    "who_waits",
]


def anything_due(now: datetime) -> bool:
    """A cheap read before the write: idle polling takes no write lock."""
    ranked = environments_by_rank()
    if not ranked:
        return False
    due = f"EXISTS (SELECT 1 FROM {table(Run)} WHERE environment_id = %s AND due_at <= %s AND NOT suspect)"  # noqa: S608 - our own names only
    parameters = [value for one in ranked for value in (one, moment(now))]
    return bool(execute(f"SELECT {' OR '.join([due] * len(ranked))}", parameters).rows[0][0])


def any_suspect_due() -> bool:
    """Whether a run waits to be worked on alone. Read at the beginning of each slice only."""
    return Run.objects.filter(suspect=True, due_at__lte=timezone.now()).exists()


def next_due() -> datetime | None:
    """When the next waiting run is due, so that a drain sleeps exactly until then."""
    ranked = environments_by_rank()
    if not ranked:
        return None
    earliest = (
        f"SELECT due_at FROM {table(Run)} WHERE environment_id = %s AND due_at IS NOT NULL AND NOT suspect"  # noqa: S608 - our own names only
        " ORDER BY due_at LIMIT 1"
    )
    found = [row[0] for one in ranked for row in execute(earliest, [one]).rows]
    return min((moment_of(due) for due in found), default=None)


def claim(owner: str, limit: int) -> list[Run]:
    """Take up to `limit` due runs, those of the last environment (prod) first: a new fence makes every older holder powerless.

    Runs inside the writer's transaction. Returns the claimed runs with their events loaded. Suspects are left alone.
    """
    now = timezone.now()
    taken: list[Run] = []
    for environment_id in environments_by_rank():
        limited = room_of_limited_flows(environment_id)
        for flow in limited:
            if flow.room and len(taken) < limit:
                taken += _take(owner, now, _Due(environment_id, min(flow.room, limit - len(taken)), flow))
        if len(taken) < limit:
            taken += _take(owner, now, _Due(environment_id, limit - len(taken), apart_from=limited))
    return _with_events(taken)


def claim_suspect(owner: str) -> Run | None:
    """Take one run whose worker died while it was being worked on; its claimer must work on nothing else meanwhile."""
    now = timezone.now()
    for environment_id in environments_by_rank():
        if found := _take(owner, now, _Due(environment_id, 1, suspects=True)):
            return _with_events(found)[0]
    return None


def queue_again(run_id: int, after: timedelta = timedelta(0)) -> None:
    """Due at once or `after` a while, held by nobody: its holder gives it back on purpose."""
    Run.objects.filter(pk=run_id).update(
        state=Run.State.QUEUED, due_at=timezone.now() + after, lease_owner="", lease_until=None
    )


def reap(now: datetime) -> int:
    """Queue runs whose lease ran out again. The fence stays: the next claim raises it."""
    return _requeue(Q(lease_until__lt=now), now)


def free_leases_of(owners: Sequence[str], now: datetime) -> int:
    """Queue the runs of processes that died at once, without waiting for their leases.

    Those being computed at that moment may have caused it: they are suspects and advance alone from now on. A death while
    alone counts against the run.
    """
    freed = 0
    for owner in owners:
        mine = Q(lease_owner=owner, lease_until__isnull=False)
        suspects = suspects_of(owner)
        held = Run.objects.filter(mine, state=Run.State.RUNNING)
        held.filter(suspect=True).update(deaths=F("deaths") + 1)
        (held if suspects is None else held.filter(pk__in=suspects)).update(suspect=True)
        freed += _requeue(mine, now)
    return freed


def wake_waiting(token: str, limit: int | None = None) -> int:
    """Make the runs that wait for `token` due now: all of them, or the `limit` that have waited longest."""
    worded = Run.objects.exclude(waits_for="")  # as the partial index says it
    waiting = worded.filter(waits_for=token, state=Run.State.PARKED)
    if limit is not None:
        longest = waiting.filter(due_at__gt=timezone.now()).order_by("pk")
        waiting = Run.objects.filter(pk__in=list(longest.values_list("pk", flat=True)[:limit]))
    return waiting.update(due_at=timezone.now())


def who_waits(tokens: Sequence[str]) -> list[str]:
    """Those of these tokens that any run waits for beyond now. Only reads."""
    if not tokens:
        return []
    one = (
        f"SELECT 1 FROM {table(Run)} WHERE NOT (waits_for = '') AND waits_for = %s"  # noqa: S608 - our own names only
        " AND state = 'parked' AND due_at > %s LIMIT 1"
    )
    now = moment(timezone.now())
    return [token for token in tokens if execute(one, [token, now]).rows]


class _Due:
    """Which due runs of one environment are meant, as SQL."""

    def __init__(
        self,
        environment_id: int,
        limit: int,
        flow: Room | None = None,
        *,
        apart_from: Sequence[Room] = (),
        suspects: bool = False,
    ) -> None:
        self.environment_id = environment_id
        self.limit = limit
        self.suspects = suspects
        self.flow = flow
        self.apart_from = apart_from

    def condition(self, now: datetime) -> tuple[str, list[object]]:
        """The WHERE clause and its parameters."""
        words = ["environment_id = %s", "due_at <= %s", "suspect" if self.suspects else "NOT suspect"]
        values: list[object] = [self.environment_id, moment(now)]
        if self.flow is not None:
            words.append("flow_key = %s")
            values.append(self.flow.flow_key)
        if self.apart_from:
            words.append(f"flow_key NOT IN ({', '.join(['%s'] * len(self.apart_from))})")
            values += [flow.flow_key for flow in self.apart_from]
        return " AND ".join(words), values


def _take(owner: str, now: datetime, due: _Due) -> list[Run]:
    """One conditional write; where other machines claim as well, runs they are taking are passed over."""
    where, values = due.condition(now)
    locking = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = (
        f"WITH due AS MATERIALIZED (SELECT id FROM {table(Run)} WHERE {where}"  # noqa: S608 - our own names only
        f" ORDER BY due_at, id LIMIT {due.limit} {locking})"
        f" UPDATE {table(Run)} SET state = 'running', reason = '', waits_for = '', due_at = NULL, fence = fence + 1,"
        " seq = seq + 1, lease_owner = %s, lease_until = %s, started_at = COALESCE(started_at, %s)"
        f" WHERE id IN (SELECT id FROM due) RETURNING {columns(Run)}"
    )
    return instances(Run, execute(statement, [*values, owner, moment(now + LEASE), moment(now)]).rows)


def _with_events(runs: list[Run]) -> list[Run]:
    """The events of all of them in one query."""
    if runs:
        wanted = {run.event_id for run in runs}
        places = ", ".join(["%s"] * len(wanted))
        found = execute(f"SELECT {columns(Event)} FROM {table(Event)} WHERE id IN ({places})", [*wanted])  # noqa: S608 - our own names only
        events = {event.pk: event for event in instances(Event, found.rows)}
        for run in runs:
            run.event = events[run.event_id]
    return sorted(runs, key=lambda run: run.pk)


def _requeue(which: Q, now: datetime) -> int:
    lost = Run.objects.filter(which, state=Run.State.RUNNING)
    return lost.update(
        state=Run.State.QUEUED,
        due_at=now,
        lease_owner="",
        lease_until=None,
        seq=F("seq") + 1,
    )
