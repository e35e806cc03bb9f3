"""Connections on the wire: everything but the secrets, which only ever go in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.vault.models import Connection

__all__ = ["ConnectionChange", "ConnectionShape", "NewConnection", "TestShape"]


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


class ConnectionChange(serializers.Serializer[Any]):
    """What may be changed. An empty secret keeps the old one; `base_url` moves only together with new secrets."""

    name = serializers.CharField(max_length=120, required=False)
    base_url = serializers.URLField(max_length=300, required=False)
    settings = serializers.DictField(required=False)
    mark = serializers.ChoiceField(choices=Connection.Mark.choices, required=False)
    on_premise = serializers.BooleanField(required=False)
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
