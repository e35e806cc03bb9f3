"""Keeps OAuth tokens fresh: one refresh per connection at a time, ahead of expiry, its answer committed before use.

A provider that rotates refresh tokens kills the old one with every refresh, so two refreshes at once, or an answer that
is lost, cost the connection. The right to refresh is a lease on the connection's row.
"""

import logging
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from connectors.sdk import oauth
from connectors.sdk.account import Account
from connectors.sdk.errors import Auth, OutcomeUnknown, RateLimited, Transient
from connectors.sdk.wire import Exchange
from integrations.vault.models import Connection
from integrations.vault.store import account, auth_kind, connector_of, keep_grant, needs_reconnecting

__all__ = ["after_auth_failure", "fresh_account", "renewed_account"]

log = logging.getLogger(__name__)

AHEAD = timedelta(seconds=45)
"""A token that ends sooner is refreshed first: longer than one call may take."""
STILL_GOOD = timedelta(seconds=5)
WAIT = 0.5
"""Seconds to wait for another's refresh, which mostly is over by then; after that the step is parked for a moment."""
LOOK_EVERY = 0.05
COME_BACK = 1.0
TOKEN_FIELDS = [
    "sealed",
    "secrets_set",
    "settings",
    "base_url",
    "status",
    "status_note",
    "token_expires_at",
    "token_version",
    "refresh_owner",
    "refresh_until",
]


def fresh_account(connection: Connection) -> Account:
    """The account with a token that lasts for this call. Updates `connection` when its tokens have changed.

    Raises Auth when the connection needs reconnecting, RateLimited while another's refresh takes long, Transient or
    Config when the sign-in service can't be used. Call it outside a transaction.
    """
    if connection.status == Connection.Status.RECONNECT:
        connection.refresh_from_db(fields=TOKEN_FIELDS)
    if connection.status == Connection.Status.RECONNECT:
        raise _reconnect(connection)
    if _lasts(connection, AHEAD) or auth_kind(connection).oauth2 is None:
        return account(connection)
    version = connection.token_version
    connection.refresh_from_db(fields=TOKEN_FIELDS)
    if connection.token_version != version:
        return fresh_account(connection)
    return _renew(connection)


def after_auth_failure(connection: Connection, token_version: int) -> Account | None:
    """After a call with the tokens of `token_version` was refused: the account to try once more with, or None.

    Refreshes only if nobody has done so since; None when the connection can't renew its sign-in by itself, or its
    renewal was refused (it is then marked as to be reconnected). Raises what `fresh_account` raises, except Auth.
    """
    connection.refresh_from_db(fields=TOKEN_FIELDS)
    if connection.token_version != token_version:
        return account(connection)
    if connection.status == Connection.Status.RECONNECT or auth_kind(connection).oauth2 is None:
        return None
    try:
        return _renew(connection, refused=True)
    except Auth:
        return None


def renewed_account(connection: Connection) -> Account:
    """For a person's test: like `fresh_account`, but tries also when the connection is marked as to be reconnected."""
    if auth_kind(connection).oauth2 is None or _lasts(connection, AHEAD):
        return account(connection)
    connection.refresh_from_db(fields=TOKEN_FIELDS)
    return account(connection) if _lasts(connection, AHEAD) else _renew(connection)


def _renew(connection: Connection, *, refused: bool = False) -> Account:
    """Refresh under the lease, or wait for whoever holds it. `refused`: the token is no good though it hasn't expired."""
    usable = not refused and _lasts(connection, STILL_GOOD)
    owner = uuid.uuid4().hex
    if not _take_lease(connection, owner):
        return account(connection) if usable else _await_other(connection)
    try:
        return _refresh(connection)
    except (Transient, RateLimited) as failure:
        if usable:
            log.warning("Connection %s: refresh put off: %s", connection.pk, failure.sentence)
            return account(connection)
        raise
    finally:
        _give_lease_back(connection, owner)


def _refresh(connection: Connection) -> Account:
    """One refresh; when its answer is lost, one more try with the old token. Raises Auth once only a person can help."""
    old = account(connection)
    try:
        grant = _ask_twice(connection, old)
    except Auth as failure:
        needs_reconnecting(connection, failure.sentence)
        raise
    except OutcomeUnknown as failure:
        sentence = f"The answer of {connection.name}'s sign-in service was lost twice. Test the connection, or connect it again."
        needs_reconnecting(connection, sentence)
        raise Auth(sentence, code="refresh_unknown", detail=failure.detail) from failure
    if not keep_grant(connection, grant, replacing=old.secrets.reveal("refresh_token")):
        connection.refresh_from_db(fields=TOKEN_FIELDS)
    return account(connection)


def _ask_twice(connection: Connection, old: Account) -> oauth.Grant:
    connector = connector_of(connection)
    try:
        return oauth.renew(connector, old, _unrecorded)
    except OutcomeUnknown as failure:
        log.warning("Connection %s: the refresh's answer was lost: %s", connection.pk, failure.detail)
        return oauth.renew(connector, old, _unrecorded)


def _await_other(connection: Connection) -> Account:
    """Re-read until the holder of the lease has committed its tokens; never refresh beside it."""
    version = connection.token_version
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        connection.refresh_from_db(fields=TOKEN_FIELDS)
        if connection.status == Connection.Status.RECONNECT:
            raise _reconnect(connection)
        if connection.token_version != version:
            return account(connection)
        if not connection.refresh_owner:
            break
    raise RateLimited(
        f"The sign-in of “{connection.name}” is being renewed.",
        code="refresh_under_way",
        retry_after=COME_BACK,
    )


def _take_lease(connection: Connection, owner: str) -> bool:
    """Whether this caller may refresh these very tokens: one conditional write decides."""
    now = timezone.now()
    free = Q(refresh_until=None) | Q(refresh_until__lte=now)
    taken = Connection.objects.filter(free, pk=connection.pk, token_version=connection.token_version).update(
        refresh_owner=owner, refresh_until=now + _lease()
    )
    return taken == 1


def _give_lease_back(connection: Connection, owner: str) -> None:
    Connection.objects.filter(pk=connection.pk, refresh_owner=owner).update(
        refresh_owner="", refresh_until=None
    )


def _lease() -> timedelta:
    """Two whole calls and a margin: a holder that lives never outlasts its lease."""
    return timedelta(seconds=2 * settings.CALL_DEADLINE + 15)


def _lasts(connection: Connection, margin: timedelta) -> bool:
    """Whether the access token is known to be good for `margin`; one without a stated end is taken to last."""
    if "access_token" not in connection.secrets_set:
        return False
    return connection.token_expires_at is None or connection.token_expires_at > timezone.now() + margin


def _reconnect(connection: Connection) -> Auth:
    note = connection.status_note or "Its sign-in has ended."
    return Auth(f"“{connection.name}” must be connected again. {note}", code="reconnect")


def _unrecorded(_exchange: Exchange) -> None:
    """Refreshes belong to no run."""
