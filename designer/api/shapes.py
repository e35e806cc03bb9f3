"""Flows, versions and drafts on the wire."""

from typing import Any

from rest_framework import serializers

from designer.models import FlowVersion

__all__ = [
    "DraftInput",
    "DraftShape",
    "FlowDetailShape",
    "FlowShape",
    "ProblemShape",
    "VersionDetailShape",
    "VersionInput",
    "VersionShape",
]


class InEnvironment(serializers.Serializer[Any]):
    """Which release of a flow an environment has."""

    environment = serializers.CharField()
    release = serializers.IntegerField(allow_null=True)
    active = serializers.BooleanField()


class LastRun(serializers.Serializer[Any]):
    """The newest run of a flow."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    at = serializers.DateTimeField(source="queued_at")
    title = serializers.CharField()


class LastDay(serializers.Serializer[Any]):
    """Runs of the last 24 hours by how they stand."""

    succeeded = serializers.IntegerField()
    parked = serializers.IntegerField()
    failed = serializers.IntegerField()


class FlowShape(serializers.Serializer[Any]):
    """One flow of the list; see `designer.flows.Overview`."""

    key = serializers.CharField(source="flow.key")
    name = serializers.CharField(source="flow.name")
    description = serializers.CharField(source="flow.description")
    environments = InEnvironment(many=True)
    version = serializers.IntegerField(allow_null=True)
    nodes = serializers.IntegerField()
    last_run = LastRun(allow_null=True)
    runs_24h = LastDay()
    spark = serializers.ListField(
        child=serializers.IntegerField(), help_text="Runs per hour, the oldest first."
    )


class SlotShape(serializers.Serializer[Any]):
    """A slot and the connector it needs."""

    key = serializers.CharField()
    connector = serializers.CharField()


class FlowDetailShape(FlowShape):
    """A flow with its drawing."""

    graph = serializers.JSONField()
    layout = serializers.JSONField()
    slots = SlotShape(many=True)
    tables = serializers.ListField(child=serializers.CharField())
    identity_hint = serializers.CharField(help_text="What this flow makes happens once per this.")


class VersionShape(serializers.ModelSerializer[FlowVersion]):
    """A version, without its drawing."""

    class Meta:
        model = FlowVersion
        fields = ["number", "digest", "note", "created_at", "created_by"]


class VersionDetailShape(VersionShape):
    """A version with its drawing."""

    graph = serializers.JSONField()
    layout = serializers.JSONField()

    class Meta(VersionShape.Meta):
        fields = [*VersionShape.Meta.fields, "graph", "layout"]


class VersionInput(serializers.Serializer[Any]):
    """What the new version is about."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class ProblemShape(serializers.Serializer[Any]):
    """One finding of the compiler."""

    code = serializers.CharField()
    message = serializers.CharField()
    node = serializers.CharField()
    pointer = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning"])
    params = serializers.DictField()


class DraftShape(serializers.Serializer[Any]):
    """A draft and what its compiler says; its ETag is the revision."""

    document = serializers.DictField()
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)
    updated_by = serializers.CharField()
    problems = ProblemShape(many=True)


class DraftInput(serializers.Serializer[Any]):
    """A whole flow document, layout included."""

    document = serializers.DictField()
