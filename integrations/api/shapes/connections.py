"""Connections on the wire: everything but the secrets, which only ever go in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.limits.report import report_of
from integrations.vault.models import Connection

__all__ = ["ConnectionChange", "ConnectionDetailShape", "ConnectionShape", "NewConnection", "TestShape"]


class FarAccount(serializers.Serializer[Any]):
    """Whose account it is, as the far system says."""

    id = serializers.CharField()
    name = serializers.CharField()


class SecretState(serializers.Serializer[Any]):
    """Whether a secret is set, and since when; never its value."""

    set = serializers.BooleanField()
    updated_at = serializers.CharField(allow_null=True)


class ConnectionShape(serializers.ModelSerializer[Connection]):
    """One connection. Needs `environment` selected and `bindings` prefetched."""

    environment = serializers.CharField(source="environment.key")
    far_account = serializers.SerializerMethodField()
    slots = serializers.SerializerMethodField(help_text="The slots it is bound to.")
    secrets = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields = [
            "id", "key", "name", "connector", "environment", "auth", "mark", "status", "status_note", "far_account",
            "base_url", "on_premise", "settings", "slots", "secrets", "tested_at",
        ]  # fmt: skip

    @extend_schema_field(FarAccount(allow_null=True))
    def get_far_account(self, connection: Connection) -> dict[str, str] | None:
        if not connection.far_account_id:
            return None
        return {"id": connection.far_account_id, "name": connection.far_account_name}

    def get_slots(self, connection: Connection) -> list[str]:
        return sorted(binding.slot for binding in connection.bindings.all())

    @extend_schema_field(serializers.DictField(child=SecretState()))
    def get_secrets(self, connection: Connection) -> dict[str, dict[str, Any]]:
        return {name: {"set": True, "updated_at": at} for name, at in sorted(connection.secrets_set.items())}


class BreakerShape(serializers.Serializer[Any]):
    """Whether the far system answers. `open_since` is null while it does."""

    open_since = serializers.DateTimeField(allow_null=True)
    probe_at = serializers.DateTimeField(allow_null=True, help_text="When one call tries again.")
    failures = serializers.IntegerField(help_text="Calls in a row without an answer.")


class LimitsShape(serializers.Serializer[Any]):
    """What the far system can bear, as declared and as learned."""

    declared = serializers.ListField(
        child=serializers.CharField(), help_text="In words, such as “100 calls a minute”."
    )
    own = serializers.ListField(
        child=serializers.DictField(),
        allow_null=True,
        help_text="Set on this connection; null = its connector's.",
    )
    at_once = serializers.IntegerField(help_text="Calls one process makes at once.")
    learned = serializers.FloatField(
        allow_null=True, help_text="Calls a minute, learned from refusals and quota headers."
    )
    blocked_until = serializers.DateTimeField(allow_null=True)
    breaker = BreakerShape()
    waiting = serializers.IntegerField(help_text="Runs that wait for it, counted up to 1,000.")
    note = serializers.CharField()
    sentence = serializers.CharField(help_text="How it stands, when it stands badly.")


class ConnectionDetailShape(ConnectionShape):
    """One connection with its limits."""

    limits = serializers.SerializerMethodField()

    class Meta(ConnectionShape.Meta):
        fields = [*ConnectionShape.Meta.fields, "limits"]

    @extend_schema_field(LimitsShape)
    def get_limits(self, connection: Connection) -> dict[str, Any]:
        report = report_of(connection)
        return {
            "declared": list(report.declared),
            "own": connection.own_limits,
            "at_once": report.at_once,
            "learned": report.learned,
            "blocked_until": report.blocked_until,
            "breaker": {
                "open_since": report.open_since,
                "probe_at": report.probe_at,
                "failures": report.failures,
            },
            "waiting": report.waiting,
            "note": report.note,
            "sentence": report.sentence,
        }


class ConnectionChange(serializers.Serializer[Any]):
    """What may be changed. An empty secret keeps the old one; `base_url` moves only together with new secrets."""

    name = serializers.CharField(max_length=120, required=False)
    base_url = serializers.URLField(max_length=300, required=False)
    settings = serializers.DictField(required=False)
    mark = serializers.ChoiceField(choices=Connection.Mark.choices, required=False)
    on_premise = serializers.BooleanField(required=False)
    own_limits = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        allow_null=True,
        help_text="Instead of its connector's: {scope, calls, per, concurrent}; [] = none, null = its connector's.",
    )
    secrets = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False), required=False, write_only=True
    )


class NewConnection(ConnectionChange):
    """A connection to be made in `environment`."""

    environment = serializers.SlugField(max_length=32)
    key = serializers.SlugField(max_length=64)
    name = serializers.CharField(max_length=120)
    connector = serializers.CharField(max_length=64)
    auth = serializers.CharField(max_length=32)
    base_url = serializers.URLField(max_length=300)


class TestProblem(serializers.Serializer[Any]):
    """Why a connection test failed."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class TestShape(serializers.Serializer[Any]):
    """What a connection test found."""

    ok = serializers.BooleanField()
    account = FarAccount(required=False)
    problem = TestProblem(required=False)
