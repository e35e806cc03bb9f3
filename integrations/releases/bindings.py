"""Putting a connection in a slot. Bindings belong to the environment and outlive releases."""

from django.db import transaction

from connectors.sdk.errors import Config
from integrations.access.actor import Someone
from integrations.access.audit import record
from integrations.releases.models import Binding, Environment, Release
from integrations.vault.models import Connection

__all__ = ["bind", "bound_connectors", "check_binding"]


def bind(environment: Environment, slot: str, connection: Connection, by: Someone) -> Binding:
    """Put `connection` in `slot`; running runs use it from their next call on. Raises `Config` as `check_binding` does."""
    check_binding(environment, slot, connection)
    with transaction.atomic():
        binding, _ = Binding.objects.update_or_create(
            environment=environment, slot=slot, defaults={"connection": connection}
        )
        record(by, "binding.edit", f"slot {slot}", environment=environment, note=f"→ {connection.key}")
    return binding


def check_binding(environment: Environment, slot: str, connection: Connection) -> None:
    """Raises `Config` when the connection is another environment's, or of another system than an active release needs there."""
    if connection.environment_id != environment.pk:
        raise Config(
            "A slot takes only connections of its own environment.",
            code="other_environment",
            pointer="/connection",
        )
    for flow_name, needed in _needed(environment, slot):
        if needed != connection.connector:
            raise Config(
                f"“{flow_name}” needs a connection to {needed} in the slot “{slot}”.",
                code="other_connector",
                pointer="/connection",
            )


def bound_connectors(environment: Environment) -> dict[str, str]:
    """slot → connector id, of every slot that is bound."""
    return dict(Binding.objects.filter(environment=environment).values_list("slot", "connection__connector"))


def _needed(environment: Environment, slot: str) -> list[tuple[str, str]]:
    """(flow, connector) of the active releases that use the slot."""
    active = Release.objects.filter(environment=environment, active=True).values_list("flow_name", "plan")
    needs = [(name, plan.get("needs", {}).get("slots", {}).get(slot)) for name, plan in active]
    return [(name, str(connector)) for name, connector in needs if connector]
