"""The engine's health and what people should know now, on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from rest_framework import serializers

from integrations.limits.report import report_of
from integrations.monitor.engine import carrying, polls, schedules, work_of
from integrations.monitor.notices import NoticeKind
from integrations.polling.models import PollState
from integrations.releases.models import Environment
from integrations.schedules.models import Schedule
from integrations.vault.models import Connection

__all__ = ["HealthShape", "NoticeShape", "health_of"]


class NoticeShape(serializers.Serializer[Any]):
    """`name` says what it is about, `until` when something is tried again, `waiting` how many runs wait for it."""

    kind = serializers.ChoiceField(choices=get_args(NoticeKind))
    name = serializers.CharField()
    sentence = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()
    connection = serializers.IntegerField(allow_null=True)
    endpoint = serializers.IntegerField(allow_null=True)
    flow = serializers.CharField()
    environment = serializers.CharField()


class CarryingShape(serializers.Serializer[Any]):
    """Who carries runs, of the whole installation."""

    live = serializers.IntegerField(help_text="Drains that are resident.")
    slots = serializers.IntegerField(help_text="Drains there should be on one machine.")
    beaten_at = serializers.DateTimeField(allow_null=True, help_text="The latest sign of life of a drain.")
    swept_at = serializers.DateTimeField(
        allow_null=True, help_text="When the dispatcher last said that it sweeps."
    )
    drained = serializers.BooleanField()
    swept = serializers.BooleanField()


class WorkShape(serializers.Serializer[Any]):
    """Runs that are due, under way or waiting. Ages in seconds, null when there are none."""

    due = serializers.IntegerField()
    running = serializers.IntegerField()
    waiting = serializers.DictField(
        child=serializers.IntegerField(), help_text="By reason; “turn” = for their lane."
    )
    oldest_due = serializers.FloatField(allow_null=True)
    oldest_unfinished = serializers.FloatField(allow_null=True)
    suspects = serializers.IntegerField(help_text="Worked on alone, since a worker died over them.")
    set_aside = serializers.IntegerField(help_text="Quarantined: they killed their worker twice.")
    failures = serializers.IntegerField(help_text="Open groups.")


class ConnectionHealth(serializers.Serializer[Any]):
    """How a connection stands: answering, not_answering, slow_down or reconnect."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    environment = serializers.CharField()
    state = serializers.ChoiceField(choices=["answering", "not_answering", "slow_down", "reconnect"])
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    waiting = serializers.IntegerField()


class PollHealth(serializers.Serializer[Any]):
    """How a poll does. `failures`: looks in a row that failed."""

    endpoint = serializers.IntegerField()
    flow = serializers.CharField()
    environment = serializers.CharField()
    looked_at = serializers.DateTimeField(allow_null=True)
    next_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField()
    note = serializers.CharField()
    paused = serializers.BooleanField()


class ScheduleHealth(serializers.Serializer[Any]):
    """How a schedule does. `missed`: due times that passed without a run."""

    endpoint = serializers.IntegerField()
    flow = serializers.CharField()
    environment = serializers.CharField()
    next_due = serializers.DateTimeField(allow_null=True)
    fired_at = serializers.DateTimeField(allow_null=True)
    missed = serializers.IntegerField()
    paused = serializers.BooleanField()


class HealthShape(serializers.Serializer[Any]):
    """`ok` = runs are carried, and the dispatcher sweeps."""

    ok = serializers.BooleanField()
    carrying = CarryingShape()
    runs = WorkShape()
    connections = ConnectionHealth(many=True)
    polls = PollHealth(many=True)
    schedules = ScheduleHealth(many=True)


def health_of(environments: Sequence[Environment]) -> dict[str, Any]:
    """What `HealthShape` shows of these environments."""
    now = carrying()
    rows = (
        Connection.objects.filter(environment__in=environments).select_related("environment").defer("sealed")
    )
    return {
        "ok": now.drained and now.swept,
        "carrying": now,
        "runs": work_of(environments),
        "connections": [_connection(one) for one in rows],
        "polls": [_poll(one) for one in polls(environments)],
        "schedules": [_schedule(one, due) for one, due in schedules(environments)],
    }


def _connection(one: Connection) -> dict[str, Any]:
    report = report_of(one)
    state, since, until = "answering", None, None
    if report.open_since is not None:
        state, since, until = "not_answering", report.open_since, report.probe_at
    elif one.status == Connection.Status.RECONNECT:
        state = "reconnect"
    elif report.blocked_until is not None:
        state, until = "slow_down", report.blocked_until
    return {
        "id": one.pk,
        "name": one.name,
        "environment": one.environment.key,
        "state": state,
        "since": since,
        "until": until,
        "waiting": report.waiting,
    }


def _poll(one: PollState) -> dict[str, Any]:
    endpoint = one.endpoint
    return {
        "endpoint": endpoint.pk,
        "flow": endpoint.flow_key,
        "environment": endpoint.environment.key,
        "looked_at": one.last_ok,
        "next_at": one.next_at,
        "failures": one.failures,
        "note": one.note,
        "paused": endpoint.paused_at is not None,
    }


def _schedule(one: Schedule, due: datetime | None) -> dict[str, Any]:
    endpoint = one.endpoint
    return {
        "endpoint": endpoint.pk,
        "flow": endpoint.flow_key,
        "environment": endpoint.environment.key,
        "next_due": due,
        "fired_at": one.last_fired_at,
        "missed": one.missed,
        "paused": endpoint.paused_at is not None,
    }
