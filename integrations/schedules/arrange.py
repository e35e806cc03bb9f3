"""A release is activated or stopped: its schedule begins, goes on, changes, or waits for no instant any more."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from connectors.sdk.wire import Json
from integrations.engine.recurrence import Recurrence, recurrence
from integrations.ingress.models import Endpoint
from integrations.schedules.models import Schedule, ScheduleDue

__all__ = ["arrange", "recurrence_of", "wait_for_next", "withdraw", "zone_for"]

TIMES = ("cron", "every")


def zone_for(params: Mapping[str, Json], flow_settings: Mapping[str, Json]) -> str:
    """The node's own time zone, else the flow's, else the company's."""
    return str(params.get("zone") or flow_settings.get("time_zone") or settings.COMPANY_TIME_ZONE)


def arrange(endpoint: Endpoint, params: Mapping[str, Json], zone: str, now: datetime) -> Schedule:
    """Have the endpoint start by this schedule, inside the caller's transaction. One that is unchanged and under way goes on
    as it was; a changed or resumed one is next due after `now`. Raises `NoRecurrence`."""
    config = {name: params[name] for name in TIMES if params.get(name)}
    known = Schedule.objects.select_for_update().filter(endpoint=endpoint).first()
    same = known is not None and (known.config, known.zone) == (config, zone)
    anchor = known.anchor if known is not None and same else now
    times = recurrence(config, zone, anchor)
    changes = {
        "config": config,
        "zone": zone,
        "misfire": dict(params.get("misfire") or {}),
        "description": times.describe()[:300],
        "anchor": anchor,
    }
    waiting = ScheduleDue.objects.filter(schedule=known, state=ScheduleDue.State.PENDING)
    if known is not None and same and waiting.exists():
        Schedule.objects.filter(pk=known.pk).update(**changes)
        known.refresh_from_db()
        return known
    schedule, _ = Schedule.objects.update_or_create(endpoint=endpoint, defaults={**changes, "set_at": now})
    # An instant that has come but is not settled yet is still fired; the changed schedule goes on after it.
    waiting.filter(due__gt=now).delete()
    if not waiting.exists():
        wait_for_next(schedule, times, now)
    return schedule


def withdraw(endpoint_ids: list[int]) -> None:
    """These endpoints start nothing by schedule any more; what became of past instants is kept."""
    ScheduleDue.objects.filter(schedule__endpoint__in=endpoint_ids, state=ScheduleDue.State.PENDING).delete()


def recurrence_of(schedule: Schedule) -> Recurrence:
    """The schedule's times. Raises `NoRecurrence`."""
    return recurrence(schedule.config, schedule.zone, schedule.anchor)


def wait_for_next(schedule: Schedule, times: Recurrence, now: datetime) -> None:
    """Write the row of the first instant after `now` that was not settled before (the clock may have been set back)."""
    settled = schedule.last_due or now
    due = times.next(max(now, settled))
    if due is not None:
        ScheduleDue.objects.create(schedule=schedule, due=due)
