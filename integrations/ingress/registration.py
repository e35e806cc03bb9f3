"""Telling far systems where to call: each active webhook endpoint is registered by its connector's own trigger."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from connectors.sdk import registry
from connectors.sdk.errors import Config, Failure
from connectors.sdk.session import LiveCall
from connectors.sdk.trigger import WebhookTrigger
from connectors.sdk.wire import Json
from integrations.ingress.models import Endpoint
from integrations.ingress.verify import endpoint_secret
from integrations.limits.calling import limited_call
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.vault.connections import bound, fresh_account
from integrations.vault.models import Connection

__all__ = ["announce_due", "bring_in_line", "endpoint_url", "register_endpoints"]

logger = logging.getLogger(__name__)
AT_ONCE = 4
AGAIN_AFTER = timedelta(seconds=60)
CLAIMED_FOR = timedelta(seconds=120)


def endpoint_url(endpoint: Endpoint) -> str:
    """Where far systems reach this endpoint."""
    return f"{settings.PUBLIC_URL}/in/{endpoint.path}/"


def register_endpoints(environment: Environment, flow_key: str) -> int:
    """Bring every endpoint of a flow in line with its far system now; how many were told something. Raises `Failure`."""
    endpoints = Endpoint.objects.filter(environment=environment, flow_key=flow_key)
    return sum(bring_in_line(endpoint) for endpoint in endpoints)


def bring_in_line(endpoint: Endpoint) -> bool:
    """Have the far system call an active endpoint, and call a closed one no more. True when it was told something.

    A registration made with other settings, another trigger or another address is taken back first. Raises the `Failure`
    of the call, or `Config` when the slot is empty. Call it outside a transaction.
    """
    wanted = _wanted(endpoint)
    known = endpoint.registration or {}
    if {name: known.get(name) for name in wanted} == wanted and bool(known) == bool(wanted):
        return False
    if known:
        _take_back(known)
        _keep(endpoint, None)
    if wanted:
        connection = _connection(endpoint)
        secret, config = endpoint_secret(endpoint), endpoint.config
        state = _trigger(endpoint.trigger).enable(_call(connection), wanted["url"], secret, config)
        _keep(endpoint, {**wanted, "state": state, "connection": connection.pk})
    return True


def announce_due() -> int:
    """Bring in line what is due, a few at a time; what the far system refuses is tried again and noted on the endpoint."""
    due = Endpoint.objects.filter(announce_at__lte=timezone.now()).order_by("announce_at")
    return sum(_announce(endpoint) for endpoint in due[:AT_ONCE])


def _announce(endpoint: Endpoint) -> bool:
    now = timezone.now()
    taken = now + CLAIMED_FOR
    mine = Endpoint.objects.filter(pk=endpoint.pk, announce_at=endpoint.announce_at).update(announce_at=taken)
    if not mine:
        return False
    note = ""
    try:
        bring_in_line(endpoint)
    except Failure as failure:
        logger.warning("endpoint %s: %s", endpoint, failure.sentence)
        note = failure.sentence[:300]
    # An activation meanwhile has set another time: then it is looked at once more.
    Endpoint.objects.filter(pk=endpoint.pk, announce_at=taken).update(
        announce_at=now + AGAIN_AFTER if note else None, announce_note=note
    )
    return not note


def _wanted(endpoint: Endpoint) -> dict[str, Json]:
    """What the far system should know; {} = nothing."""
    if not endpoint.active or not endpoint.trigger or endpoint.kind != "webhook":
        return {}
    return {"url": endpoint_url(endpoint), "trigger": endpoint.trigger, "config": endpoint.config}


def _take_back(known: Mapping[str, Json]) -> None:
    """End a registration with the account it was made with. An account that is gone has taken it along."""
    connection = Connection.objects.filter(pk=known.get("connection", 0)).first()
    if connection is not None:
        _trigger(str(known.get("trigger", ""))).disable(_call(connection), known["state"])


def _keep(endpoint: Endpoint, registration: Json) -> None:
    endpoint.registration = registration
    Endpoint.objects.filter(pk=endpoint.pk).update(registration=registration)


def _trigger(key: str) -> WebhookTrigger:
    try:
        found = registry.trigger(key)
    except KeyError as gone:
        raise Config(f"The trigger {key} is not installed here.", code="trigger_gone") from gone
    if not isinstance(found, WebhookTrigger):
        raise Config(f"The trigger {key} looks by itself; it is not called.", code="trigger_no_webhook")
    return found


def _call(connection: Connection) -> LiveCall:
    return limited_call(connection, fresh_account(connection))


def _connection(endpoint: Endpoint) -> Connection:
    """What the active release's environment puts in the trigger node's slot."""
    release = Release.objects.get(
        environment=endpoint.environment_id, flow_key=endpoint.flow_key, active=True
    )
    slot = next(step.slot for step in plan_of(release.pk).steps if step.id == endpoint.node)
    return bound(endpoint.environment_id, slot)
