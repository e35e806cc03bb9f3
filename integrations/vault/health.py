"""The connection test: one cheap read that says whose account this is, and keeps an account from being swapped unseen."""

from django.utils import timezone

from connectors.sdk.account import AccountIdentity
from connectors.sdk.errors import Auth, Conflict, Failure
from integrations.effects.models import Effect
from integrations.limits.calling import limited_test
from integrations.vault.models import Connection
from integrations.vault.refresh import renewed_account
from integrations.vault.store import mark_working, needs_reconnecting

__all__ = ["accept_account", "test_connection"]


def test_connection(connection: Connection) -> AccountIdentity:
    """Ask the far system whose account this is and keep the answer on the connection.

    Raises the `Failure` of the test after noting it. Raises Conflict (code "far_account_changed", info {"old", "new"})
    when another account answers than the one this connection's effects were made in: nothing runs with the connection
    until `accept_account`, or until the former account is connected again.
    """
    identity = _ask(connection)
    if _swapped(connection, identity):
        raise _refused(connection, identity)
    return _keep(connection, identity)


def accept_account(connection: Connection) -> AccountIdentity:
    """The same test, after a person confirmed that whichever account answers is the right one."""
    return _keep(connection, _ask(connection))


test_connection.__test__ = False  # type: ignore[attr-defined]


def _ask(connection: Connection) -> AccountIdentity:
    try:
        return limited_test(connection, renewed_account(connection))
    except Failure as failure:
        _note(connection, failure)
        raise


def _keep(connection: Connection, identity: AccountIdentity) -> AccountIdentity:
    connection.far_account_id, connection.far_account_name = identity.id[:200], identity.name[:200]
    Connection.objects.filter(pk=connection.pk).update(
        far_account_id=connection.far_account_id, far_account_name=connection.far_account_name
    )
    mark_working(connection)
    return identity


def _swapped(connection: Connection, identity: AccountIdentity) -> bool:
    """Whether effects were made in another account than the one that answers."""
    known = connection.far_account_id
    return (
        bool(known) and known != identity.id[:200] and Effect.objects.filter(connection=connection).exists()
    )


def _refused(connection: Connection, identity: AccountIdentity) -> Conflict:
    old = connection.far_account_name or connection.far_account_id
    sentence = (
        f"“{connection.name}” used to write to {old}, and now it answers as {identity.name}. "
        "Confirm the new account, or connect the former one again."
    )
    needs_reconnecting(connection, sentence)
    return Conflict(
        sentence,
        code="far_account_changed",
        info={
            "old": {"id": connection.far_account_id, "name": connection.far_account_name},
            "new": {"id": identity.id, "name": identity.name},
        },
    )


def _note(connection: Connection, failure: Failure) -> None:
    if isinstance(failure, Auth):
        needs_reconnecting(connection, failure.sentence)
    connection.tested_at, connection.status_note = timezone.now(), failure.sentence[:500]
    Connection.objects.filter(pk=connection.pk).update(
        tested_at=connection.tested_at, status_note=connection.status_note
    )
