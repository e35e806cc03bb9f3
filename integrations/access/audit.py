"""The audit trail: who did, or tried to do, what to what."""

from collections.abc import Mapping
from typing import Any

from integrations.access.actor import Someone, actor_of
from integrations.access.models import AuditEntry
from integrations.releases.models import Environment

__all__ = ["record", "record_refusal"]


def record(
    actor: Someone,
    action: str,
    target: str,
    *,
    environment: Environment | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write that it was done. `target` names the thing for people ("connection sage-prod"); `data` must hold no secrets."""
    return AuditEntry.objects.create(
        actor=actor_of(actor).name[:150],
        action=action[:80],
        target=target[:200],
        environment=environment.key if environment else "",
        note=note[:500],
        data=dict(data or {}),
    )


def record_refusal(actor: Someone, action: str, target: str, environment: Environment | None) -> AuditEntry:
    """Write that it was tried and refused."""
    return AuditEntry.objects.create(
        actor=actor_of(actor).name[:150],
        action=action[:80],
        target=target[:200],
        environment=environment.key if environment else "",
        allowed=False,
    )
