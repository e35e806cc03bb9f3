"""Schedules on the wire."""

from typing import Any

from rest_framework import serializers

from integrations.schedules.models import Schedule

__all__ = ["PreviewInput", "PreviewShape", "ScheduleShape"]


class ScheduleShape(serializers.ModelSerializer[Schedule]):
    """When a flow starts by the clock. `next_due` is annotated; null while the flow is stopped."""

    environment = serializers.CharField(source="endpoint.environment.key")
    flow = serializers.CharField(source="endpoint.flow_key")
    node = serializers.CharField(source="endpoint.node")
    active = serializers.BooleanField(source="endpoint.active")
    next_due = serializers.DateTimeField(allow_null=True)
    missed = serializers.IntegerField(help_text="Due times that passed without starting a run.")

    class Meta:
        model = Schedule
        fields = [
            "id", "environment", "flow", "node", "active", "description", "zone", "next_due", "last_due", "last_fired_at", "missed",
        ]  # fmt: skip


class EveryInput(serializers.Serializer[Any]):
    """An interval. Its bounds are the engine's to check."""

    n = serializers.IntegerField()
    unit = serializers.CharField(max_length=20)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name that Python takes."""
        start = serializers.CharField(max_length=60, required=False, help_text="Where it begins, ISO 8601.")
        return {**super().get_fields(), "from": start}


class PreviewInput(serializers.Serializer[Any]):
    """A cron expression or an interval, and the time zone (default: the company's)."""

    cron = serializers.CharField(max_length=200, required=False, allow_blank=True)
    every = EveryInput(required=False)
    zone = serializers.CharField(max_length=60, required=False, allow_blank=True)


class PreviewShape(serializers.Serializer[Any]):
    """In words, and the next five due times in UTC."""

    description = serializers.CharField()
    zone = serializers.CharField()
    next = serializers.ListField(child=serializers.DateTimeField())
