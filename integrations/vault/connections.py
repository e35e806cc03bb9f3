"""Connections as the runtime uses them: which one a slot means, and the account to call with."""

from connectors.sdk.account import Account
from connectors.sdk.errors import Config
from integrations.releases.models import Binding, Environment
from integrations.vault.models import Connection
from integrations.vault.refresh import after_auth_failure, fresh_account
from integrations.vault.store import (
    account,
    drop_secrets_if_moved,
    needs_reconnecting,
    restored,
    save_secrets,
)

__all__ = [
    "Account",
    "account",
    "after_auth_failure",
    "bound",
    "drop_secrets_if_moved",
    "fresh_account",
    "needs_reconnecting",
    "restored",
    "save_secrets",
]


def bound(environment_id: int, slot: str) -> Connection:
    """The connection that the environment puts in `slot`. Raises Config that names both when there is none."""
    binding = (
        Binding.objects.select_related("connection").filter(environment_id=environment_id, slot=slot).first()
    )
    if binding is not None:
        return binding.connection
    environment = Environment.objects.filter(pk=environment_id).first()
    name = environment.name if environment else str(environment_id)
    raise Config(
        f"Nothing is connected to the slot “{slot}” in {name}.",
        code="slot_unbound",
        info={"slot": slot, "environment": environment.key if environment else ""},
    )
