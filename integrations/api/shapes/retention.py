"""Retention and legal holds on the wire."""

from typing import Any

from rest_framework import serializers

from integrations.retention.models import Hold, Klass
from integrations.retention.policy import LONGEST

__all__ = ["HoldInput", "HoldShape", "RetentionShape"]


class ClassShape(serializers.Serializer[Any]):
    """One class of one flow's data. `due` counts runs that are past their time, up to 1,000."""

    klass = serializers.ChoiceField(choices=Klass.choices)
    days = serializers.IntegerField(source="kept.days", min_value=0, max_value=LONGEST)
    says = serializers.ChoiceField(source="kept.says", choices=["flow", "environment", "installation"])
    removed = serializers.IntegerField(help_text="Rows and payloads so far.")
    last_removed = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    due = serializers.IntegerField()


class FlowRetentionShape(serializers.Serializer[Any]):
    """One flow in one environment; of one that is held nothing is removed."""

    environment = serializers.CharField()
    flow = serializers.CharField(source="flow_key")
    held = serializers.BooleanField()
    classes = ClassShape(many=True)


class KeptShape(serializers.Serializer[Any]):
    """What becomes of a table's rows."""

    table = serializers.CharField()
    statement = serializers.CharField()


class RetentionShape(serializers.Serializer[Any]):
    """`passed`: runs that were passed by, since they had not ended, are held, or wait for a far system's answer."""

    flows = FlowRetentionShape(many=True)
    passed = serializers.IntegerField()
    tables = KeptShape(many=True)


class HoldInput(serializers.Serializer[Any]):
    """What is held: an environment, one of its flows, or one run in it."""

    environment = serializers.CharField()
    flow = serializers.CharField(max_length=80, allow_blank=True, default="")
    run = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300)


class HoldShape(serializers.ModelSerializer[Hold]):
    """A hold; `released_at` is set when it no longer stands."""

    environment = serializers.CharField(source="environment.key")
    flow = serializers.CharField(source="flow_key")
    run = serializers.IntegerField(source="run_number", allow_null=True)

    class Meta:
        model = Hold
        fields = [
            "id", "environment", "flow", "run", "reason", "placed_by", "placed_at", "released_by", "released_at",
        ]  # fmt: skip
