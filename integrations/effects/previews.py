"""Undoing as people meet it: what it is called, what it would do now, and asking for it."""

from django.db import transaction

from connectors.sdk import errors, registry
from connectors.sdk.operation import Remedy, Write
from integrations.effects import undoing
from integrations.effects.models import Effect, Undoing
from integrations.effects.undo import call_on
from integrations.tasks.doorbell import ring

__all__ = ["ask", "preview", "title_of"]

BUDGET = 8.0  # seconds a preview may read for: somebody waits for it, on a door where nothing should


def title_of(effect: Effect) -> str | None:
    """What undoing this effect is called, or None when there is nothing to undo or no way to."""
    if not undoing.is_offered(effect):
        return None
    operation = registry.operation(effect.operation)
    compensation = operation.compensation if isinstance(operation, Write) else None
    return compensation.title if compensation else None


def preview(effect: Effect) -> Remedy:
    """What undoing would write if it were asked for now. Reads in the far system. Raises `Failure`."""
    if effect.connection is None:
        raise errors.Conflict("The connection it was made with is gone.", code="connection_gone")
    return undoing.offer(effect, call_on(effect.connection, BUDGET), "")


def ask(effect: Effect, *, by: str, reason: str, seen: str = "") -> Undoing:
    """Ask for it once; a drain carries it out. Inside a transaction."""
    asked = undoing.ask(effect, by=by, reason=reason, seen=seen)
    transaction.on_commit(ring)
    return asked
