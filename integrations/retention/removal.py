"""Removing one class of data of a few ended runs, inside one transaction: what exactly goes, and what stays.

Each function answers how many rows and payloads it removed, and whether anything of the class is left. Doing it again removes
nothing more, so two may do it at the same time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from integrations.approvals.models import Approval
from integrations.effects.models import Effect, Undoing
from integrations.effects.settling import SETTLED
from integrations.failures.models import Occurrence
from integrations.ingress.models import Event
from integrations.limits.models import Reservation
from integrations.lists.models import ListPage
from integrations.payloads import codec
from integrations.payloads.models import Payload
from integrations.retention.models import Klass, Remainder
from integrations.retention.shrink import shrink
from integrations.runs.models import Exchange, Lane, Run, StepEntry
from integrations.schedules.models import ScheduleDue

__all__ = ["REMOVE", "Batch", "delete_rows"]

PAGES_ARE_LARGE = 20
"""A page of a long list counts as so many rows."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Ended runs past their time. `before`: whatever ended after this instant keeps what it shares with them; so do
    `held` runs. At most `limit` rows of a large table go at once."""

    runs: Sequence[int]
    days: int
    before: datetime
    limit: int
    held: frozenset[int] = frozenset()


Removed = tuple[int, bool]


def exchanges(batch: Batch) -> Removed:
    """Recorded calls, and the stored requests of settled effects: their hash, amount and result stay."""
    count = _delete_of_runs(Exchange, batch)
    if count >= batch.limit:
        return count, False
    count += _payloads(batch, "exchange")
    undone = Undoing.objects.filter(
        effect__run_number__in=batch.runs, state=Undoing.State.DONE, data__isnull=False
    )
    count += undone.update(data=None)
    settled = Effect.objects.filter(run_number__in=batch.runs, state__in=SETTLED, request__isnull=False)
    return count + shrink(Effect, list(settled.values_list("pk", flat=True)), request=None), True


def steps(batch: Batch) -> Removed:
    """The journal: each step's attempts with input and output; what was asked and answered; details of past failures."""
    pages = max(batch.limit // PAGES_ARE_LARGE, 1)
    count = _delete_of_runs(ListPage, replace(batch, limit=pages))
    if count >= pages:
        return count, False
    count += _delete_of_runs(StepEntry, batch)
    if count >= batch.limit:
        return count, False
    count += _payloads(batch, "step")
    gone, closed = codec.removed(batch.days), Occurrence.objects.filter(run_id__in=batch.runs)
    count += closed.filter(~Q(detail="") | Q(payloads__isnull=False)).update(payloads=None, detail="")
    asked = Approval.objects.filter(run_id__in=batch.runs).exclude(message=gone)
    asked.filter(answer__isnull=False).update(answer=gone)
    return count + asked.update(message=gone), True


def events(batch: Batch) -> Removed:
    """What arrived, unless another run of the same event still needs it; and inputs that people edited."""
    gone = codec.removed(batch.days)
    edited = Run.objects.filter(pk__in=batch.runs, input_edit__isnull=False).exclude(input_edit=gone)
    count = edited.update(input_edit=gone)
    ids = set(Run.objects.filter(pk__in=batch.runs).values_list("event_id", flat=True))
    others = Run.objects.filter(event_id__in=ids).exclude(pk__in=batch.runs)
    needed = others.filter(Q(ended_at=None) | Q(ended_at__gt=batch.before) | Q(pk__in=batch.held))
    free = ids - set(needed.values_list("event_id", flat=True))
    full = Event.objects.filter(pk__in=free).exclude(data=gone).values_list("pk", flat=True)
    return count + shrink(Event, list(full), data=gone) + _payloads(batch, "event"), True


def runs(batch: Batch) -> Removed:
    """The runs themselves with all that hangs on them. Effects, cross-references and the audit trail stay."""
    removed = 0
    for remove in (exchanges, steps):
        count, finished = remove(batch)
        removed += count
        if not finished:
            return removed, False
    ids = list(batch.runs)
    shared = dict(Run.objects.filter(pk__in=ids).values_list("pk", "event_id"))
    lanes = dict(Lane.objects.filter(runs__in=ids).values_list("pk", "counter"))
    Effect.objects.filter(run_number__in=ids, run__isnull=False).update(run=None)
    Run.objects.filter(retry_of__in=ids).update(retry_of=None)
    for model in (Approval, Occurrence, Reservation):
        removed += delete_rows(model, "run_id", ids)
    removed += delete_rows(Run, "id", ids) + delete_rows(Payload, "run_number", ids)
    Remainder.objects.filter(run_number__in=ids).exclude(klass=Klass.RUNS).delete()
    return removed + _events_without_runs(set(shared.values())) + _empty_lanes(lanes), True


REMOVE: Mapping[Klass, Callable[[Batch], Removed]] = {
    Klass.EXCHANGES: exchanges,
    Klass.STEPS: steps,
    Klass.EVENTS: events,
    Klass.RUNS: runs,
}


def delete_rows(model: type[models.Model], column: str, values: Sequence[int]) -> int:
    """Delete by a column's values in one statement, without Django's look at every relation. How many."""
    if not values:
        return 0
    places = ", ".join(["%s"] * len(values))
    statement = f"DELETE FROM {_table(model)} WHERE {connection.ops.quote_name(column)} IN ({places})"  # noqa: S608 - our own names only
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.rowcount)


def _delete_of_runs(model: type[models.Model], batch: Batch) -> int:
    """At most `limit` rows of these runs. The runs are named twice, so that only their partitions are looked at."""
    places = ", ".join(["%s"] * len(batch.runs))
    which = f"run_id IN ({places})"
    statement = (
        f"DELETE FROM {_table(model)} WHERE {which} AND id IN"  # noqa: S608 - our own names only
        f" (SELECT id FROM {_table(model)} WHERE {which} LIMIT {batch.limit})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*batch.runs, *batch.runs])
        return int(cursor.rowcount)


def _payloads(batch: Batch, klass: codec.Class) -> int:
    """Large payloads stand in rows of their own: they go with the rows that refer to them."""
    return Payload.objects.filter(run_number__in=batch.runs, klass=klass).delete()[0]


def _events_without_runs(ids: set[int]) -> int:
    still = Run.objects.filter(event_id__in=ids).values_list("event_id", flat=True)
    orphaned = list(ids - set(still))
    ScheduleDue.objects.filter(event_id__in=orphaned).update(event=None)
    return delete_rows(Event, "id", orphaned)


def _empty_lanes(counters: Mapping[int, int]) -> int:
    """Lanes no run is in any more. Who takes a number meanwhile changes the counter, and the lane stays."""
    in_use = Exists(Run.objects.filter(lane=OuterRef("pk"), lane__isnull=False))
    empty = Lane.objects.filter(~in_use, pk__in=counters).values_list("pk", flat=True)
    return sum(Lane.objects.filter(pk=pk, counter=counters[pk]).delete()[0] for pk in empty)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's documented API
