"""What all calls on one account share, worked out once per process: where they go, what signs them, and what must be hidden."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sdk.account import Account
from connectors.sdk.client import Client
from connectors.sdk.errors import Config
from connectors.sdk.http import Route
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.wire import Json

__all__ = ["Ready", "forget_ready", "prepared", "ready_for"]


@dataclass(frozen=True, slots=True)
class Ready:
    """What calls on one account share: where they go, signed headers, what must be hidden, and a digest of the settings."""

    connector: Connector
    account: Account
    client: Client
    route: Route
    headers: Mapping[str, str]
    redactor: Redactor
    digest: str


_prepared: dict[tuple[int, int], Ready] = {}
"""By the identity of connector and account, which each entry holds on to, so that an identity is never another's."""
_MOST_PREPARED = 256


def prepared(connector: Connector, account: Account) -> Ready:
    """What calls on `account` share, worked out anew."""
    client = connector.client
    return Ready(
        connector=connector,
        account=account,
        client=client,
        route=Route(account.base_url, account.reach, account.connection, account.deadline),
        headers=_signed(client, account),
        redactor=Redactor(_to_hide(client, account)),
        digest=_digest(account.settings),
    )


def ready_for(connector: Connector, account: Account) -> Ready:
    """The same connector and account give the same `Ready`. Raises `Config` for an account that can't be used."""
    key = (id(connector), id(account))
    ready = _prepared.get(key)
    if ready is not None:
        return ready
    connector.check_account(account)
    ready = prepared(connector, account)
    if len(_prepared) >= _MOST_PREPARED:
        _prepared.clear()
    _prepared[key] = ready
    return ready


def forget_ready(connection: str) -> None:
    """A connection's secrets or settings have changed."""
    for key, ready in list(_prepared.items()):
        if ready.account.connection == connection:
            _prepared.pop(key, None)


def _signed(client: Client, account: Account) -> dict[str, str]:
    headers = dict(client.headers(account))
    try:
        kind = client.auth_kind(account.auth)
    except KeyError as error:
        raise Config(f"This connector has no sign-in called “{account.auth}”.", code="auth_kind") from error
    kind.sign(headers, account.secrets)
    return headers


def _to_hide(client: Client, account: Account) -> list[str]:
    """The values that must never be recorded: the secrets, and what signing made of them."""
    plain = set(client.headers(account).values())
    made = [value for value in _signed(client, account).values() if value not in plain]
    secrets = [account.secrets.reveal(name) for name in account.secrets.names()]
    return [*secrets, *made, *(value.partition(" ")[2] for value in made), *client.hidden(account.secrets)]


def _digest(settings: Mapping[str, Json]) -> str:
    return json.dumps(dict(settings), sort_keys=True, default=str)
