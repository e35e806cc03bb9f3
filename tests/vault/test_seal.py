"""Sealed secrets open only with their key and for their owner, and keys rotate without losing anything."""

import base64
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from connectors.sdk.errors import Config
from integrations.ingress.models import Endpoint
from integrations.payloads import codec, keys
from integrations.payloads.models import DataKey
from integrations.releases.models import Environment
from integrations.vault import connections
from integrations.vault.models import Connection
from integrations.vault.seal import (
    SealBroken,
    connection_aad,
    endpoint_aad,
    key_id,
    new_key,
    primary_key_id,
    seal,
    unseal,
)

PLAIN = {"api_key": "sk_live_123", "note": "ü"}


def test_sealed_secrets_open_again() -> None:
    secrets = unseal(seal(PLAIN, "connection:1"), "connection:1")
    assert {name: secrets.reveal(name) for name in secrets.names()} == PLAIN
    assert secrets.reveal("other") == ""


def test_secrets_never_print() -> None:
    secrets = unseal(seal(PLAIN, "connection:1"), "connection:1")
    assert "sk_live" not in f"{secrets} {secrets!r}"
    assert b"sk_live" not in seal(PLAIN, "connection:1")


def test_no_blob_means_no_secrets() -> None:
    assert unseal(b"", "connection:1").names() == []


def test_a_blob_moved_to_another_connection_stays_shut() -> None:
    with pytest.raises(SealBroken, match="connection:2"):
        unseal(seal(PLAIN, "connection:1"), "connection:2")


@pytest.mark.parametrize("at", [0, 1, 2, 8, -1])
def test_a_changed_blob_stays_shut(at: int) -> None:
    blob = bytearray(seal(PLAIN, "connection:1"))
    blob[at] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(blob), "connection:1")


def test_an_unknown_key_is_named(settings: Any) -> None:
    settings.VAULT_KEYS = new_key("old")
    blob = seal(PLAIN, "connection:1")
    settings.VAULT_KEYS = new_key("new")
    with pytest.raises(SealBroken, match="no key old"):
        unseal(blob, "connection:1")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "isn't set"),
        ("k1:short", "k1 must be 32 bytes"),
        ("k1:" + base64.b64encode(b"x" * 16).decode(), "k1 must be 32 bytes"),
        (base64.b64encode(b"x" * 32).decode(), "can't be the name"),
    ],
)
def test_wrong_settings_get_a_sentence(settings: Any, value: str, says: str) -> None:
    settings.VAULT_KEYS = value
    with pytest.raises(ImproperlyConfigured, match=says):
        seal(PLAIN, "connection:1")


@pytest.fixture
def sealed_everywhere(connection: Connection, settings: Any) -> tuple[Connection, Endpoint, bytes]:
    """A connection, an endpoint and a payload, all under the key that the test began with."""
    endpoint = Endpoint.objects.create(
        environment=Environment.objects.get(), flow_key="deal", node="won", path="p4th"
    )
    endpoint.sealed_secret = seal({"token": "hook-token"}, endpoint_aad(endpoint.pk))
    endpoint.save()
    return connection, endpoint, codec.pack({"a": 1}, klass="step")


@pytest.mark.django_db(transaction=True)
def test_rotation_moves_everything_to_the_new_key(
    sealed_everywhere: tuple[Connection, Endpoint, bytes], settings: Any
) -> None:
    connection, endpoint, blob = sealed_everywhere
    new = new_key("k2")
    settings.VAULT_KEYS = f"{new},{settings.VAULT_KEYS}"
    out = StringIO()
    call_command("rotatekeys", stdout=out)
    assert "key k2: 1 connections, 1 endpoints, 1 data keys" in out.getvalue()
    settings.VAULT_KEYS = new
    keys.forget()
    connection.refresh_from_db()
    endpoint.refresh_from_db()
    assert connections.account(connection).secrets.reveal("client_secret") == "our-secret"
    assert unseal(endpoint.sealed_secret, endpoint_aad(endpoint.pk)).reveal("token") == "hook-token"
    assert codec.unpack(blob) == {"a": 1}
    call_command("rotatekeys", stdout=(again := StringIO()))
    assert "0 connections, 0 endpoints, 0 data keys" in again.getvalue()


@pytest.mark.django_db(transaction=True)
def test_rotation_stops_at_a_seal_it_cannot_open(
    sealed_everywhere: tuple[Connection, Endpoint, bytes], settings: Any
) -> None:
    connection, _, _ = sealed_everywhere
    settings.VAULT_KEYS = new_key("k9")
    with pytest.raises(CommandError, match=f"connection {connection.pk}: .*no key test"):
        call_command("rotatekeys", stdout=StringIO())
    connection.refresh_from_db()
    assert key_id(connection.sealed) == "test"
    assert primary_key_id() == "k9"
    assert DataKey.objects.count() == 1


@pytest.mark.django_db
def test_secrets_sealed_under_a_lost_key_ask_to_be_entered_again(
    connection: Connection, settings: Any
) -> None:
    settings.VAULT_KEYS = new_key("k9")
    with pytest.raises(Config, match="enter them again"):
        connections.account(connection)
    assert connection_aad(connection.pk) == f"connection:{connection.pk}"
