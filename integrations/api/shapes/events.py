"""Events, endpoints and refusals on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.ingress.registration import endpoint_url
from integrations.payloads.codec import unpack
from integrations.polling.models import PollState
from integrations.schedules.models import Schedule

__all__ = ["EndpointShape", "EventDetailShape", "EventShape", "RefusalShape", "endpoint_url"]


class EventShape(serializers.ModelSerializer[Event]):
    """Something that arrived, without its data. Needs `runs` prefetched."""

    environment = serializers.CharField(source="environment.key")
    flow = serializers.CharField(source="flow_key")
    runs = serializers.SerializerMethodField(help_text="The runs it started.")

    class Meta:
        model = Event
        fields = [
            "id", "environment", "flow", "node", "kind", "key", "title", "received_at", "duplicates", "last_duplicate_at", "runs",
        ]  # fmt: skip

    def get_runs(self, event: Event) -> list[int]:
        return sorted(run.pk for run in event.runs.all())


class EventDetailShape(EventShape):
    """An event with its data."""

    data = serializers.SerializerMethodField()  # type: ignore[assignment]  # the contract's word

    class Meta(EventShape.Meta):
        fields = [*EventShape.Meta.fields, "data"]

    @extend_schema_field(serializers.JSONField())
    def get_data(self, event: Event) -> Any:
        return unpack(event.data)


class PollShape(serializers.ModelSerializer[PollState]):
    """How a poll does. `note` says what is wrong, "" = nothing."""

    class Meta:
        model = PollState
        fields = ["interval", "high_water", "next_at", "last_ok", "last_new", "failures", "note"]


class NextDueShape(serializers.ModelSerializer[Schedule]):
    """A schedule in words and when it is due next (null = its flow is stopped)."""

    next_due = serializers.SerializerMethodField()

    class Meta:
        model = Schedule
        fields = ["description", "zone", "next_due", "last_fired_at", "missed"]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_due(self, schedule: Schedule) -> Any:
        return next((one.due for one in schedule.dues.all()), None)


class EndpointShape(serializers.ModelSerializer[Endpoint]):
    """Where a trigger's events come in; `url` is a webhook's public address. `refused` (24 h) is annotated, and of a
    schedule's due instants only the next one is prefetched."""

    flow = serializers.CharField(source="flow_key")
    environment = serializers.CharField(source="environment.key")
    url = serializers.SerializerMethodField()
    refusals_24h = serializers.IntegerField(source="refused", read_only=True)
    poll = PollShape(allow_null=True, default=None)
    schedule = NextDueShape(allow_null=True, default=None)

    class Meta:
        model = Endpoint
        fields = [
            "id",
            "flow",
            "environment",
            "node",
            "kind",
            "connector",
            "trigger",
            "url",
            "active",
            "paused_at",
            "paused_by",
            "paused_why",
            "refusals_24h",
            "poll",
            "schedule",
        ]

    def get_url(self, endpoint: Endpoint) -> str:
        return endpoint_url(endpoint) if endpoint.kind == "webhook" else ""

    def to_representation(self, instance: Endpoint) -> dict[str, Any]:
        """What an endpoint was before it became what it is now stays out."""
        shown = super().to_representation(instance)
        return {**shown, **{kind: None for kind in ("poll", "schedule") if kind != instance.kind}}


class RefusalShape(serializers.ModelSerializer[Refusal]):
    """Calls at the door that left no run, by address and reason."""

    endpoint = serializers.IntegerField(source="endpoint_id", allow_null=True)
    flow = serializers.CharField(source="endpoint.flow_key", default=None, allow_null=True)

    class Meta:
        model = Refusal
        fields = [
            "id", "endpoint", "flow", "path", "code", "status", "sentence", "remote", "count", "first_at", "last_at",
        ]  # fmt: skip
