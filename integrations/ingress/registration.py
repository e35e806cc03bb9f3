"""Telling far systems where to call: each active webhook endpoint is registered by its connector's own trigger."""

from django.conf import settings

from connectors.sdk import registry
from connectors.sdk.session import open_call
from connectors.sdk.wire import Exchange
from integrations.ingress.models import Endpoint
from integrations.ingress.verify import endpoint_secret
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.vault.connections import bound, fresh_account
from integrations.vault.models import Connection
from integrations.vault.store import connector_of

__all__ = ["endpoint_url", "register", "register_endpoints"]


def endpoint_url(endpoint: Endpoint) -> str:
    """Where far systems reach this endpoint."""
    return f"{settings.PUBLIC_URL}/in/{endpoint.path}/"


def register_endpoints(environment: Environment, flow_key: str) -> int:
    """Have the far systems call every active endpoint of a flow; how many were told now. Raises what `register` does."""
    active = Endpoint.objects.filter(environment=environment, flow_key=flow_key, active=True)
    return sum(register(endpoint, endpoint_url(endpoint)) for endpoint in active)


def register(endpoint: Endpoint, url: str) -> bool:
    """Have the far system deliver to `url`, unless it does already. True when it was told now.

    The connection is the one in the slot of the trigger's node. Raises the `Failure` of the call, or `Config` when the
    slot is empty. Call it outside a transaction.
    """
    if endpoint.registration and endpoint.registration.get("url") == url:
        return False
    connection = _connection(endpoint)
    call = open_call(connector_of(connection), fresh_account(connection), _unrecorded)
    state = registry.trigger(endpoint.trigger).enable(call, url, endpoint_secret(endpoint), endpoint.config)
    endpoint.registration = {"url": url, "state": state}
    Endpoint.objects.filter(pk=endpoint.pk).update(registration=endpoint.registration)
    return True


def _connection(endpoint: Endpoint) -> Connection:
    """What the active release's environment puts in the trigger node's slot."""
    release = Release.objects.get(
        environment=endpoint.environment_id, flow_key=endpoint.flow_key, active=True
    )
    slot = next(step.slot for step in plan_of(release.pk).steps if step.id == endpoint.node)
    return bound(endpoint.environment_id, slot)


def _unrecorded(_exchange: Exchange) -> None:
    """Registering belongs to no run."""
