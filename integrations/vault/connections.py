"""Connections as the runtime uses them: which one a slot means, and the account to call with.

Which connection a slot means is remembered for a second: a changed binding, rotated secret or renewed token is seen within that time by
every process, at once by the one that changed it, and always after a refused sign-in.
"""

import copy
import time
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from connectors.sdk.account import Account
from connectors.sdk.errors import Config
from integrations.database import give_back
from integrations.memory import remembered
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


def bound(environment_id: int, slot: str, *, not_before: float = 0.0) -> Connection:
    """The connection that the environment puts in `slot`; the caller's own copy.

    What was read before `not_before` (monotonic seconds) doesn't count. Raises Config that names both when there is none.
    """
    known = _slots()
    kept = known.get((environment_id, slot))
    if kept is None or kept[0] < not_before:
        kept = time.monotonic(), _read(environment_id, slot)
        known[environment_id, slot] = kept
    return _own_copy(kept[1])


def _own_copy(connection: Connection) -> Connection:
    """What `copy.copy` makes, without asking the model how it is pickled: that takes longer than all the rest of a call's set-up."""
    made = Connection.__new__(Connection)
    made.__dict__.update(connection.__dict__)
    made._state = copy.copy(connection._state)  # noqa: SLF001 - an instance has its own
    return made


@remembered(seconds=1.0)
def _slots() -> dict[tuple[int, str], tuple[float, Connection]]:
    """What has been read since this dictionary was made."""
    return {}


@receiver([post_save, post_delete], sender=Binding)
@receiver([post_save, post_delete], sender=Connection)
def _changed(**_signal: Any) -> None:
    _slots.forget()


def _read(environment_id: int, slot: str) -> Connection:
    binding = (
        Binding.objects.select_related("connection").filter(environment_id=environment_id, slot=slot).first()
    )
    give_back()
    if binding is not None:
        return binding.connection
    environment = Environment.objects.filter(pk=environment_id).first()
    name = environment.name if environment else str(environment_id)
    raise Config(
        f"Nothing is connected to the slot “{slot}” in {name}.",
        code="slot_unbound",
        info={"slot": slot, "environment": environment.key if environment else ""},
    )
