"""One page from the far system: the slot's connection, its sign-in (renewed once when refused), and the trigger's own call."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.conf import settings

from connectors.sdk.errors import Auth, Config, Failure
from connectors.sdk.session import LiveCall
from connectors.sdk.trigger import Page, PollTrigger
from integrations.ingress.models import Endpoint
from integrations.limits.calling import limited_call
from integrations.releases.models import Release
from integrations.releases.plans import plan_of
from integrations.vault import connections
from integrations.vault.models import Connection

__all__ = ["Bug", "active_release", "fetch"]

T = TypeVar("T")
BUGS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What code that misreads an answer raises."""


class Bug(Failure):
    """The connector met an answer it can't read. Nothing is lost: the mark stays where it is."""

    kind = "bug"


def fetch(endpoint: Endpoint, trigger: PollTrigger, since: datetime | None, cursor: str) -> Page:
    """The page at `cursor` ("" = the beginning). Raises `Failure`."""

    def look(call: LiveCall) -> Page:
        try:
            return trigger.poll(call, endpoint.config, since, cursor or None)
        except BUGS as bug:
            sentence = f"{trigger.title}: the answer could not be read."
            raise Bug(sentence, code=type(bug).__name__, detail=repr(bug)) from bug

    return _signed_in(_connection(endpoint), look)


def active_release(endpoint: Endpoint) -> Release:
    """What the endpoint's events run on. Raises `Config` when the flow has been stopped."""
    release = (
        Release.objects.filter(
            environment_id=endpoint.environment_id, flow_key=endpoint.flow_key, active=True
        )
        .only("id")
        .first()
    )
    if release is None:
        raise Config("This flow has no active release here. Activate one first.", code="not_active")
    return release


def _connection(endpoint: Endpoint) -> Connection:
    plan = plan_of(active_release(endpoint).pk)
    slot = next((step.slot for step in plan.steps if step.id == endpoint.node), "")
    connection = connections.bound(endpoint.environment_id, slot, not_before=time.monotonic())
    wanted = endpoint.trigger.partition(".")[0]
    if connection.connector != wanted:
        sentence = f"The slot “{slot}” holds “{connection.name}”, which is not a {wanted} connection."
        raise Config(sentence, code="wrong_connector")
    if connection.status == Connection.Status.RECONNECT:
        raise Auth(f"“{connection.name}” must be connected again.", code="reconnect")
    return connection


def _signed_in(connection: Connection, use: Callable[[LiveCall], T]) -> T:
    """Use a call; a refused sign-in is renewed and tried once more."""
    account = connections.fresh_account(connection)
    try:
        return use(_open(connection, account))
    except Auth as refused:
        renewed = connections.after_auth_failure(connection, connection.token_version)
        if renewed is None:
            connections.needs_reconnecting(connection, refused.sentence)
            raise
    try:
        return use(_open(connection, renewed))
    except Auth as refused:
        connections.needs_reconnecting(connection, refused.sentence)
        raise


def _open(connection: Connection, account: connections.Account) -> LiveCall:
    return limited_call(connection, account, budget=settings.CALL_DEADLINE)
