"""A connection's secrets at rest: opening them for a call, saving what a person typed or a provider granted."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from connectors.sdk import registry
from connectors.sdk.account import Account, AuthKind
from connectors.sdk.errors import Config
from connectors.sdk.oauth import Grant
from connectors.sdk.session import forget_cached
from integrations.vault.models import Connection
from integrations.vault.seal import SealBroken, connection_aad, seal, unseal

__all__ = [
    "account",
    "auth_kind",
    "connector_of",
    "drop_secrets_if_moved",
    "keep_grant",
    "mark_working",
    "needs_reconnecting",
    "restored",
    "save_secrets",
]

restored = Signal()
"""Sent with `connection` once one that needed reconnecting, or was never tested, works: its parked runs may go on."""

TOKENS = frozenset({"access_token", "refresh_token"})


def account(connection: Connection) -> Account:
    """The connection as a connector sees it, secrets opened. Raises Config when they can't be opened.

    The same connection with the same content gives the same account, so that what is derived from it is derived once.
    """
    content = _content(connection)
    kept = _accounts.get(connection.pk)
    if kept is not None and kept[0] == content:
        return kept[1]
    opened = _opened(connection)
    if len(_accounts) >= MOST_ACCOUNTS:
        _accounts.clear()
    _accounts[connection.pk] = content, opened
    return opened


_accounts: dict[int, tuple[tuple[object, ...], Account]] = {}
MOST_ACCOUNTS = 256


def _content(connection: Connection) -> tuple[object, ...]:
    """All that an account follows from."""
    return (
        bytes(connection.sealed),
        connection.base_url,
        connection.auth,
        json.dumps(connection.settings, sort_keys=True),
        _reach(connection),
        settings.CALL_DEADLINE,
    )


def _opened(connection: Connection) -> Account:
    try:
        secrets = unseal(connection.sealed, connection_aad(connection.pk))
    except SealBroken as error:
        raise Config(
            f"The secrets of the connection “{connection.name}” can't be opened; enter them again.",
            code="vault",
            detail=str(error),
        ) from error
    return Account(
        connection=str(connection.pk),
        base_url=connection.base_url,
        auth=connection.auth,
        secrets=secrets,
        settings=connection.settings,
        reach=_reach(connection),
        deadline=settings.CALL_DEADLINE,
    )


def connector_of(connection: Connection) -> registry.Connector:
    """The connector that speaks for this connection. Raises Config when this installation has none such."""
    try:
        return registry.connector(connection.connector)
    except KeyError as error:
        raise Config(
            f"This installation has no connector “{connection.connector}”.", code="connector_gone"
        ) from error


def auth_kind(connection: Connection) -> AuthKind:
    """How the connection signs in. Raises Config."""
    connector = connector_of(connection)
    try:
        return connector.client.auth_kind(connection.auth)
    except KeyError as error:
        raise Config(f"{connector.title} cannot sign in by “{connection.auth}”.", code="auth_kind") from error


def save_secrets(connection: Connection, values: Mapping[str, str], *, keep: bool = True) -> None:
    """Seal these secrets. With `keep`, names left out or empty keep their old value; without, only these remain.

    The connection must be tested again afterwards. Updates `connection` in place.
    """
    given = {name: value for name, value in values.items() if value}
    now = timezone.now()
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        old = _plain(row) if keep else {}
        if asks_anew := bool(given) and not TOKENS & given.keys() and _signs_in_alone(row):
            old = {name: value for name, value in old.items() if name not in TOKENS}
        row.secrets_set = {name: row.secrets_set.get(name, now.isoformat()) for name in old} | {
            name: now.isoformat() for name in given
        }
        row.sealed = seal(old | given, connection_aad(row.pk))
        row.token_version += 1
        row.status = Connection.Status.UNTESTED
        row.status_note = ""
        fields = ["secrets_set", "sealed", "token_version", "status", "status_note"]
        if not keep or asks_anew or TOKENS & given.keys():
            row.token_expires_at = None
            fields.append("token_expires_at")
        row.save(update_fields=[*fields, "updated_at"])
    forget_cached(str(connection.pk))
    _copy(row, connection, *fields)


def keep_grant(connection: Connection, grant: Grant, *, replacing: str | None = None) -> bool:
    """Commit new tokens at once, before anybody uses them, and give the refresh lease back.

    With `replacing`, only if that is still the refresh token kept; with "" (it was got without one), only if nothing has
    changed since `connection` was read. False when it isn't so. Updates `connection`.
    Raises RuntimeError inside a transaction, which could still lose the only copy of a rotated token.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        kept = _plain(row)
        if replacing is not None and kept.get("refresh_token", "") != replacing:
            return False
        if replacing == "" and row.token_version != connection.token_version:
            return False
        row.sealed = seal(kept | dict(grant.secrets), connection_aad(row.pk))
        row.secrets_set = row.secrets_set | {name: now.isoformat() for name in grant.secrets}
        row.token_version += 1
        row.token_expires_at = _expiry(now, grant.expires_in)
        row.refresh_owner, row.refresh_until = "", None
        fields = [
            "sealed",
            "secrets_set",
            "token_version",
            "token_expires_at",
            "refresh_owner",
            "refresh_until",
        ]
        row.save(update_fields=[*fields, "updated_at"])
    _copy(row, connection, *fields)
    return True


def needs_reconnecting(connection: Connection, sentence: str) -> None:
    """Mark the connection as not accepted any more, unless its secrets have changed since it was read."""
    changed = Connection.objects.filter(pk=connection.pk, token_version=connection.token_version).update(
        status=Connection.Status.RECONNECT, status_note=sentence[:500]
    )
    if changed:
        connection.status, connection.status_note = Connection.Status.RECONNECT, sentence[:500]


def mark_working(connection: Connection, *, note: str = "") -> None:
    """Mark the connection as working; tells `restored` if it wasn't before."""
    now = timezone.now()
    fields = {"status_note": note, "tested_at": now}
    Connection.objects.filter(pk=connection.pk).update(**fields)
    changed = (
        Connection.objects.filter(pk=connection.pk)
        .exclude(status=Connection.Status.OK)
        .update(status=Connection.Status.OK)
    )
    connection.status, connection.status_note, connection.tested_at = Connection.Status.OK, note, now
    if changed:
        transaction.on_commit(lambda: restored.send(Connection, connection=connection))


def drop_secrets_if_moved(connection: Connection) -> bool:
    """Before an edited connection is saved: if it points to another host, its secrets go, so that they can't follow.

    True when they went. Call it in the saving's transaction, wherever a person may change `base_url` or the settings.
    """
    fields = ["sealed", "secrets_set", "token_expires_at", "token_version", "status", "status_note"]
    with transaction.atomic():
        row = Connection.objects.select_for_update().filter(pk=connection.pk).first()
        if row is None or not row.sealed or _hosts(row) == _hosts(connection):
            return False
        row.sealed, row.secrets_set, row.token_expires_at = b"", {}, None
        row.token_version += 1
        row.status = Connection.Status.UNTESTED
        row.status_note = "The address changed, so the secrets must be entered again."
        row.save(update_fields=fields)
    _copy(row, connection, *fields)
    return True


def _signs_in_alone(row: Connection) -> bool:
    """Whether tokens are got without a person: those got with the former secrets say nothing about the new ones."""
    known = registry.connectors().get(row.connector)
    kinds = known.client.auth if known else ()
    return any(kind.id == row.auth and kind.oauth2 is not None and not kind.in_browser for kind in kinds)


def _plain(row: Connection) -> dict[str, str]:
    secrets = unseal(row.sealed, connection_aad(row.pk))
    return {name: secrets.reveal(name) for name in secrets.names()}


def _copy(row: Connection, connection: Connection, *fields: str) -> None:
    for field in fields:
        setattr(connection, field, getattr(row, field))


def _expiry(now: datetime, seconds: float) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds > 0 else None


def _reach(connection: Connection) -> Literal["public", "private", "sandbox"]:
    if connection.mark == Connection.Mark.SANDBOX:
        return "sandbox"
    return "private" if connection.on_premise else "public"


def _hosts(connection: Connection) -> set[tuple[str, str]]:
    """Every origin the connection's secrets may be sent to."""
    names = ("oauth_base_url", "token_url")
    urls = (connection.base_url, *(str(connection.settings.get(name) or "") for name in names))
    return {(urlsplit(url).scheme, urlsplit(url).netloc) for url in urls}
