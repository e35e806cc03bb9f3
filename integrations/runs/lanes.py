"""Lanes: the runs of one record go one at a time, in the order they arrived (DESIGN §3.2).

Only the run whose turn it is, the lane's holder, has a due time; those behind it are queued without one. Whatever ends the
holder's turn passes the lane on in the same transaction. Every function here runs inside a transaction; the update of the
lane's row orders intake and endings of the same lane.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from integrations.runs.models import Lane, Run

__all__ = ["Turn", "enter", "hold", "pass_on", "queue_parked", "stand_in", "take_turn_again", "waiting_in"]

LONGEST_QUIET = 10  # a debounce is at most so many times its own length, however often the record changes


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a new run stands: its lane and number, and when it may start (None = when those before it are over)."""

    lane_id: int
    place: int
    due_at: datetime | None


def enter(environment_id: int, flow_key: str, key: str, now: datetime, quiet: float = 0) -> Turn:
    """Take the next number of a lane.

    `quiet`: seconds without another change before the newest run starts (debounce); the queued runs it makes superfluous end
    as superseded. 0 = every run counts.
    """
    lane = _next_number(environment_id, flow_key, key)
    due = now
    if quiet:
        due = _due_after_quiet(lane, now, quiet)
    if lane.holder is not None and _is_over(lane.holder):
        lane.holder = None
    return Turn(lane.pk, lane.counter, due if lane.holder is None else None)


def hold(lane_id: int, run_id: int) -> None:
    """The new run whose turn it is holds the lane."""
    Lane.objects.filter(pk=lane_id).update(holder=run_id)


def pass_on(lane_id: int, run_id: int, now: datetime) -> bool:
    """`run_id` is done with its turn: the run with the lowest number that is queued in the lane is next. True = there is one."""
    mine = Lane.objects.filter(pk=lane_id, holder=run_id)
    if not mine.update(holder=None):
        return False
    waiting = Run.objects.filter(lane_id=lane_id, state=Run.State.QUEUED, due_at=None).order_by("place")
    following = waiting.values_list("pk", flat=True).first()
    if following is None:
        return False
    Lane.objects.filter(pk=lane_id).update(holder=following)
    Run.objects.filter(pk=following).update(due_at=now)
    return True


def take_turn_again(run: Run, now: datetime) -> datetime | None:
    """A parked run goes on: when. None = others hold its lane; it is next, since its number is the lowest."""
    if run.lane_id is None:
        return now
    Lane.objects.filter(pk=run.lane_id, holder=None).update(holder=run.pk)
    holder = Lane.objects.values_list("holder", flat=True).get(pk=run.lane_id)
    return now if holder == run.pk else None


def stand_in(run_id: int, lane_id: int, instead_of: int) -> None:
    """A new run has taken the place of another one in its lane; if that one held it, the new one does."""
    Lane.objects.filter(pk=lane_id, holder=instead_of).update(holder=run_id)


def waiting_in(lane_id: int) -> int:
    """How many runs wait for their turn in a lane."""
    return Run.objects.filter(lane_id=lane_id, state=Run.State.QUEUED, due_at=None).count()


def _next_number(environment_id: int, flow_key: str, key: str) -> Lane:
    """The lane with its new number, in one statement that also locks it until the transaction ends."""
    table = connection.ops.quote_name(Lane._meta.db_table)  # noqa: SLF001 - Django's documented API
    (lane,) = Lane.objects.raw(
        f'INSERT INTO {table} (environment_id, flow_key, "key", counter) VALUES (%s, %s, %s, 1)'  # noqa: S608 - our own names only
        f' ON CONFLICT (environment_id, flow_key, "key") DO UPDATE SET counter = {table}.counter + 1'
        " RETURNING id, counter, holder, quiet_since",
        [environment_id, flow_key, key[:200]],
    )
    return lane


def _due_after_quiet(lane: Lane, now: datetime, quiet: float) -> datetime:
    """End what is queued in the lane and never began; the new run waits for quiet, but not for ever."""
    unbegun = Run.objects.filter(lane_id=lane.pk, state=Run.State.QUEUED, started_at=None)
    ended = unbegun.update(
        state=Run.State.SUCCEEDED, result="superseded", due_at=None, ended_at=now, seq=F("seq") + 1
    )
    since = lane.quiet_since if ended and lane.quiet_since else now
    Lane.objects.filter(pk=lane.pk).update(quiet_since=since)
    return min(now + timedelta(seconds=quiet), since + timedelta(seconds=quiet * LONGEST_QUIET))


def _is_over(run_id: int) -> bool:
    return not Run.objects.filter(pk=run_id).exclude(state__in=Run.TERMINAL).exists()


def queue_parked(parked: "QuerySet[Run]") -> int:
    """Queue runs that wait for a person again, each in its turn: at once, or behind whoever holds its lane. How many."""
    now = timezone.now()
    changes = {"state": Run.State.QUEUED, "reason": "", "waits_for": "", "seq": F("seq") + 1}
    parked = parked.filter(state=Run.State.PARKED)
    laned = list(parked.filter(lane__isnull=False).order_by("place").only("pk", "lane_id"))
    queued = parked.filter(lane=None).update(due_at=now, **changes)
    for run in laned:
        due_at = take_turn_again(run, now)
        queued += Run.objects.filter(pk=run.pk, state=Run.State.PARKED).update(due_at=due_at, **changes)
    return queued
