"""Events, endpoints and refusals on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.ingress.registration import endpoint_url
from integrations.payloads.codec import unpack

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


class EndpointShape(serializers.ModelSerializer[Endpoint]):
    """A trigger's public address. `refused` (24 h) is annotated."""

    flow = serializers.CharField(source="flow_key")
    environment = serializers.CharField(source="environment.key")
    url = serializers.SerializerMethodField()
    refusals_24h = serializers.IntegerField(source="refused", read_only=True)

    class Meta:
        model = Endpoint
        fields = [
            "id",
            "flow",
            "environment",
            "node",
            "connector",
            "trigger",
            "url",
            "active",
            "refusals_24h",
        ]

    def get_url(self, endpoint: Endpoint) -> str:
        return endpoint_url(endpoint)


class RefusalShape(serializers.ModelSerializer[Refusal]):
    """Calls at the door that left no run, by address and reason."""

    endpoint = serializers.IntegerField(source="endpoint_id", allow_null=True)
    flow = serializers.CharField(source="endpoint.flow_key", default=None, allow_null=True)

    class Meta:
        model = Refusal
        fields = [
            "id", "endpoint", "flow", "path", "code", "status", "sentence", "remote", "count", "first_at", "last_at",
        ]  # fmt: skip
