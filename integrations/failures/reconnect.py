"""Runs that wait for an account go on by themselves once the account works again."""

from typing import Any

from django.dispatch import receiver

from integrations.runs.lanes import queue_parked
from integrations.runs.models import Run
from integrations.tasks.doorbell import ring
from integrations.vault.models import Connection
from integrations.vault.store import restored

__all__ = ["wake_reconnected"]


@receiver(restored)
def wake_reconnected(connection: Connection, **_signal: Any) -> None:
    """Queue every run of the environment that is parked because this connector's account was refused."""
    waiting = Run.objects.filter(
        environment_id=connection.environment_id,
        state=Run.State.PARKED,
        reason="reconnect",
        failure__connector=connection.connector,
    )
    if queue_parked(waiting):
        ring()
