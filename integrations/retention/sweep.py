"""The sweep: for each flow and class, runs in the order of their numbers lose what is past its time, a few at a time.

A mark says how far it has come. A run that hasn't ended, is held, or has an effect nobody knows the outcome of is passed by
and noted as a remainder, which is looked at again. So nothing is looked at twice, and nothing is forgotten.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.effects.models import Effect
from integrations.retention.holds import Standing, standing
from integrations.retention.models import Klass, Remainder, RetentionMark
from integrations.retention.policy import Group, Policy, policies, policy_for
from integrations.retention.removal import REMOVE, Batch
from integrations.runs.models import Run
from integrations.runs.numbers import first_since

__all__ = ["SWEEPER", "Sweeper"]

AT_ONCE = 100  # runs looked at in one transaction
ROWS = 500  # rows of one table removed in one transaction, at most
FEWEST = 20
SHORT = 0.05  # seconds a transaction may hold the write lock; longer ones are followed by smaller ones
SHARE = 0.25  # seconds of work each time the sweep is asked; the dispatcher has other things to do
REST = 60.0  # seconds between two looks when nothing is due
MARGIN = timedelta(
    hours=1
)  # data may stay this much longer, so that most runs have ended when they are passed
LOOK_AGAIN = timedelta(days=1)
FAR = 10_000  # numbers a mark is moved at once over runs of other flows
_UNSETTLED = (Effect.State.INTENDED, Effect.State.UNKNOWN)

Found = tuple[int, str, datetime | None]
"""A run's number, state, and when it ended."""


@dataclass(slots=True)
class Sweeper:
    """One process's sweep. Others may sweep at the same time: a mark is moved by one of them at a time."""

    share: float = SHARE
    rest: float = REST
    _rows: int = ROWS
    _not_before: float = field(default=float("-inf"))
    _first: int = 0

    def sweep(self) -> int:
        """Remove what is due for a short while; how many rows. Asked every second by the dispatcher."""
        began = time.monotonic()
        if began < self._not_before:
            return 0
        removed = 0
        for count in self._batches(timezone.now()):
            removed += count
            if time.monotonic() - began > self.share:
                return removed
        self._not_before = time.monotonic() + self.rest
        return removed

    def look_now(self) -> None:
        """Don't rest before the next look."""
        self._not_before = float("-inf")

    def _batches(self, now: datetime) -> Iterator[int]:
        """One transaction for each step of this iterator, until nothing is due."""
        held, horizons = standing(), _Horizons(now)
        marks = {(m.environment_id, m.flow_key, m.klass): m.reached for m in RetentionMark.objects.all()}
        for group, policy in self._in_turn(policies()):
            if held.covers(group):
                continue
            for klass in Klass:
                upto = horizons.of(policy[klass].days)
                reached = marks.get((*group, klass.value), 0)
                turn = _Turn(group, klass, policy[klass].days, upto, held)
                while reached < upto and _is_worth_it(turn, reached):
                    reached, count = self._step(turn, now)
                    yield count
        yield from self._remainders(now, held)

    def _in_turn(self, groups: Mapping[Group, Policy]) -> list[tuple[Group, Policy]]:
        """Each sweep begins with another flow: one with much to remove doesn't keep the others waiting."""
        self._first += 1
        every = list(groups.items())
        start = self._first % len(every) if every else 0
        return [*every[start:], *every[:start]]

    def _step(self, turn: "_Turn", now: datetime) -> tuple[int, int]:
        """Remove of the next few runs behind the mark: (where the mark stands, rows removed)."""
        began = time.monotonic()
        with transaction.atomic():
            mark = _locked(turn)
            if mark is None:
                return turn.upto, 0
            found = _next_runs(turn, mark.reached)
            before = now - timedelta(days=turn.days)
            ready, passed = _sorted(found, before, turn.held)
            removed, finished = _remove(turn, ready, before, self._rows)
            if finished:
                _note(turn, passed, now)
                mark.reached = found[-1][0] if len(found) == AT_ONCE else turn.upto
            if removed:
                mark.last_removed, mark.last_at = removed, now
            mark.removed = F("removed") + removed
            reached = mark.reached
            mark.save(update_fields=["reached", "removed", "last_removed", "last_at"])
        self._pace(time.monotonic() - began)
        return reached, removed

    def _pace(self, took: float) -> None:
        """Smaller batches where the write lock was held too long, larger ones where there is room."""
        self._rows = max(self._rows // 2, FEWEST) if took > SHORT else min(self._rows * 2, ROWS)

    def _remainders(self, now: datetime, held: Standing) -> Iterator[int]:
        """Runs that were passed by: those that are past their time now."""
        while due := list(Remainder.objects.filter(look_at__lte=now).order_by("look_at")[:AT_ONCE]):
            for one in due:
                while (count := self._remainder(one, now, held)) is not None:
                    yield count

    def _remainder(self, one: Remainder, now: datetime, held: Standing) -> int | None:
        """Rows removed of this run; None = it is done with, for good or until it is looked at again."""
        began = time.monotonic()
        with transaction.atomic():
            run = Run.objects.filter(pk=one.run_number).first()
            if run is None:
                Remainder.objects.filter(pk=one.pk).delete()
                return None
            group, klass = (run.environment_id, run.flow_key), Klass(one.klass)
            days = policy_for(group)[klass].days
            before = now - timedelta(days=days)
            turn = _Turn(group, klass, days, run.pk, held)
            ready, passed = _sorted([(run.pk, run.state, run.ended_at)], before, held)
            if passed or held.covers(group):
                look_at = _look_at(run.ended_at, days, now)
                Remainder.objects.filter(pk=one.pk).update(look_at=look_at)
                return None
            removed, finished = _remove(turn, ready, before, self._rows)
            if finished:
                Remainder.objects.filter(pk=one.pk).delete()
            mark = RetentionMark.objects.filter(environment_id=group[0], flow_key=group[1], klass=klass.value)
            mark.update(removed=F("removed") + removed, last_removed=removed, last_at=now)
        self._pace(time.monotonic() - began)
        return removed if removed or not finished else None


@dataclass(frozen=True, slots=True)
class _Turn:
    """One class of one flow: its runs up to `upto` were queued so long ago that they may be past their time."""

    group: Group
    klass: Klass
    days: int
    upto: int
    held: Standing


class _Horizons:
    """Up to which number runs are old enough, by days; looked up once a sweep."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[int, int] = {}

    def of(self, days: int) -> int:
        if days not in self._known:
            self._known[days] = first_since(self._now - timedelta(days=days) - MARGIN) - 1
        return self._known[days]


def _is_worth_it(turn: _Turn, reached: int) -> bool:
    """Whether there is a run to look at, before anything is locked. A mark far behind is moved without one."""
    return turn.upto - reached > FAR or bool(_next_runs(turn, reached, 1))


def _next_runs(turn: _Turn, reached: int, limit: int = AT_ONCE) -> list[Found]:
    environment_id, flow_key = turn.group
    rows = Run.objects.filter(
        flow_key=flow_key, environment_id=environment_id, pk__gt=reached, pk__lte=turn.upto
    )
    return list(rows.order_by("pk").values_list("pk", "state", "ended_at")[:limit])


def _locked(turn: _Turn) -> RetentionMark | None:
    """The mark, locked; None while another process works on it."""
    which = {"environment_id": turn.group[0], "flow_key": turn.group[1], "klass": turn.klass.value}
    locked = RetentionMark.objects.select_for_update(skip_locked=True)
    mark = locked.filter(**which).first()
    if mark is None:
        RetentionMark.objects.bulk_create([RetentionMark(**which)], ignore_conflicts=True)
        mark = locked.filter(**which).first()
    return mark


def _sorted(
    found: Sequence[Found], before: datetime, held: Standing
) -> tuple[list[int], Mapping[int, datetime | None]]:
    """(runs past their time, {those to pass by: when they ended})."""
    numbers = [number for number, _, _ in found]
    unsettled = Effect.objects.filter(run_number__in=numbers, state__in=_UNSETTLED)
    kept = held.held_runs(numbers).union(unsettled.values_list("run_number", flat=True))
    ready, passed = [], {}
    for number, state, ended_at in found:
        over = state in Run.TERMINAL and ended_at is not None and ended_at < before
        if over and number not in kept:
            ready.append(number)
        else:
            passed[number] = ended_at
    return ready, passed


def _remove(turn: _Turn, ready: Sequence[int], before: datetime, limit: int) -> tuple[int, bool]:
    if not ready:
        return 0, True
    return REMOVE[turn.klass](Batch(ready, turn.days, before, limit, turn.held.runs))


def _note(turn: _Turn, passed: Mapping[int, datetime | None], now: datetime) -> None:
    Remainder.objects.bulk_create(
        (
            Remainder(run_number=number, klass=turn.klass.value, look_at=_look_at(ended_at, turn.days, now))
            for number, ended_at in passed.items()
        ),
        ignore_conflicts=True,
    )


def _look_at(ended_at: datetime | None, days: int, now: datetime) -> datetime:
    """When it may be past its time; tomorrow for what hasn't ended, is held or unsettled."""
    due = ended_at + timedelta(days=days, seconds=1) if ended_at is not None else now
    return due if due > now else now + LOOK_AGAIN


SWEEPER = Sweeper()
"""This process's."""
