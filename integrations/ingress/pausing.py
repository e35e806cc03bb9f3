"""Pausing what starts a flow: an operator has a poll or a schedule rest, with a reason, until somebody resumes it.

A paused poll loses nothing: it goes on from its mark. The due times of a paused schedule pass without a run. Webhooks can't be paused:
what a far system sends is lost when nobody takes it.
"""

from django.db import transaction
from django.utils import timezone

from connectors.sdk.errors import Config
from integrations.access.actor import Someone, actor_of
from integrations.access.audit import record
from integrations.engine.recurrence import NoRecurrence
from integrations.failures.looking import works_again
from integrations.ingress.models import Endpoint
from integrations.polling import arrange as polling
from integrations.polling.models import PollState
from integrations.schedules import arrange as schedules
from integrations.schedules.models import Schedule
from integrations.tasks.doorbell import ring

__all__ = ["PAUSABLE", "pause", "resume"]

PAUSABLE = ("poll", "schedule")


def pause(endpoint: Endpoint, by: Someone, reason: str) -> bool:
    """Start nothing from now on. False = it rested already. Raises `Config` for a webhook or without a reason."""
    if endpoint.kind not in PAUSABLE:
        sentence = "A webhook can't be paused: what the far system sends meanwhile would be lost. Stop the flow's release instead."
        raise Config(sentence, code="not_pausable")
    if not reason.strip():
        raise Config("Say why it is paused.", code="reason_needed")
    with transaction.atomic():
        mine = Endpoint.objects.filter(pk=endpoint.pk, paused_at=None)
        who = actor_of(by).name
        if not mine.update(paused_at=timezone.now(), paused_by=who[:150], paused_why=reason.strip()[:300]):
            return False
        polling.rest([endpoint.pk])
        schedules.withdraw([endpoint.pk])
        works_again(endpoint, by=f"paused by {who}")
        record(
            by,
            "endpoint.pause",
            str(endpoint),
            environment=endpoint.environment,
            note=f"Paused: {reason.strip()}",
        )
    endpoint.refresh_from_db()
    return True


def resume(endpoint: Endpoint, by: Someone) -> bool:
    """Start again: a poll looks at once, a schedule waits for its next due time. False = it wasn't paused."""
    with transaction.atomic():
        mine = Endpoint.objects.filter(pk=endpoint.pk).exclude(paused_at=None)
        if not mine.update(paused_at=None, paused_by="", paused_why=""):
            return False
        endpoint.refresh_from_db()
        if endpoint.active:
            _begin(endpoint)
        record(by, "endpoint.pause", str(endpoint), environment=endpoint.environment, note="Resumed")
        transaction.on_commit(ring)
    return True


def _begin(endpoint: Endpoint) -> None:
    now = timezone.now()
    if endpoint.kind == "poll":
        PollState.objects.filter(endpoint=endpoint).update(next_at=now, failures=0, note="")
        return
    schedule = Schedule.objects.select_for_update().filter(endpoint=endpoint).first()
    if schedule is None:
        return
    Schedule.objects.filter(pk=schedule.pk).update(set_at=now)
    schedules.withdraw([endpoint.pk])
    try:
        schedules.wait_for_next(schedule, schedules.recurrence_of(schedule), now)
    except NoRecurrence as problem:
        raise Config(f"The schedule can't be read: {problem}", code="schedule_invalid") from problem
