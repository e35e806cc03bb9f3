"""What people see of a lane: who holds it, who waits behind, and what a run that waits for a person holds up."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from integrations.releases.models import Release
from integrations.runs.models import Lane, Run
from integrations.runs.waits import held_up_by

__all__ = ["COUNTED", "LaneFacts", "facts_of", "held_up", "lanes_called"]

COUNTED = 1_000
"""Waiting runs beyond this many are not counted one by one."""
_WAITING = Q(lane__runs__state=Run.State.QUEUED, lane__runs__due_at=None)


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """A run's lane as seen from this run. `holder` is the run whose turn it is, None when it is nobody's."""

    id: int
    key: str
    place: int
    holder: int | None
    ahead: int
    behind: int
    sentence: str


def facts_of(run: Run) -> LaneFacts | None:
    """The lane of a run that isn't over; None when it goes by itself. Four small queries at most."""
    if run.lane_id is None or run.state in Run.TERMINAL:
        return None
    lane = Lane.objects.get(pk=run.lane_id)
    others = (
        Run.objects.filter(lane_id=lane.pk, state=Run.State.QUEUED, due_at=None).exclude(pk=run.pk).order_by()
    )
    place = run.place or 0
    behind = others.filter(place__gt=place)[:COUNTED].count()
    if lane.holder == run.pk:
        behind += others.filter(place__lte=place)[:COUNTED].count()
        return LaneFacts(lane.pk, lane.key, place, run.pk, 0, behind, _holding(lane, behind))
    unfinished = Run.objects.filter(pk=lane.holder or 0).exclude(state__in=Run.TERMINAL)
    head = unfinished.values_list("state", "reason").first()
    ahead = others.filter(place__lt=place)[:COUNTED].count() + (head is not None)
    if head is None:
        return LaneFacts(
            lane.pk, lane.key, place, None, ahead, behind, f"Lane {lane.key}: it is nobody's turn."
        )
    rest = f" {_many(behind)} behind this one." if behind else ""
    if run.state != Run.State.QUEUED:
        says = f"Lane {lane.key}: this run let the others pass; it is run {lane.holder}'s turn{held_up_by(*head)}."
    else:
        says = f"Lane {lane.key}: waits its turn behind run {lane.holder}{held_up_by(*head)}."
    return LaneFacts(lane.pk, lane.key, place, lane.holder, ahead, behind, says + rest)


def held_up(failures: Collection[int]) -> dict[int, int]:
    """How many runs wait in the lanes that runs parked on these failures hold, by failure id. One query."""
    parked = Run.objects.filter(failure_id__in=failures, state=Run.State.PARKED, lane__holder=F("pk"))
    counted = (
        parked.order_by().values_list("failure_id").annotate(others=Count("lane__runs", filter=_WAITING))
    )
    return {failure: others for failure, others in counted if others}


def lanes_called(key: str) -> QuerySet[Lane]:
    """The lanes of this key, whatever the flow. Flow by flow, so that the index is used."""
    flows = Release.objects.order_by().values_list("environment_id", "flow_key").distinct()
    where, named = {pk for pk, _ in flows}, {flow for _, flow in flows}
    return Lane.objects.filter(environment_id__in=where, flow_key__in=named, key=key)


def _holding(lane: Lane, behind: int) -> str:
    if not behind:
        return f"Lane {lane.key}: it is this run's turn; nothing waits behind it."
    return f"Lane {lane.key}: {_many(behind).lower()} behind this one."


def _many(count: int) -> str:
    more = "+" if count >= COUNTED else ""
    return "1 run waits" if count == 1 else f"{count:,}{more} runs wait"
