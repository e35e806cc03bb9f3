"""Which limits hold for a connection: its own if it has any, else what its connector declares; none for a sandbox.

Limits per far account are shared by all connections to it, those of other environments included. When one of a connector's limits is
per account, all of them are counted there: an account's connections together never exceed what one may do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson
from django.conf import settings

from connectors.sdk import registry
from connectors.sdk.manifest import Limit, limit_of
from integrations.limits.timetable import Allowance
from integrations.vault.models import Connection

__all__ = ["Terms", "terms_of"]


@dataclass(frozen=True, slots=True)
class Terms:
    """`bucket` is where calls are counted. `at_once` calls of this process may be under way (always at least one)."""

    connection: int
    name: str
    bucket: str
    allowances: tuple[Allowance, ...]
    at_once: int


def terms_of(connection: Connection) -> Terms:
    """The limits that hold for `connection`."""
    own = connection.own_limits
    return _terms(
        _Known(
            pk=connection.pk,
            name=connection.name,
            connector=connection.connector,
            far_account_id=connection.far_account_id,
            own=None if own is None else orjson.dumps(own),
            declared=_declared(connection) if own is None else (),
        ),
        (settings.DRAIN_THREADS, settings.DRAIN_SLOTS),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the limits follow from."""

    pk: int
    name: str
    connector: str
    far_account_id: str
    own: bytes | None
    declared: tuple[Limit, ...]


@lru_cache(maxsize=1_024)
def _terms(connection: _Known, room: tuple[int, int]) -> Terms:
    limits = _in_force(connection)
    per_account = connection.far_account_id and any(limit.scope == "account" for limit in limits)
    bucket = (
        f"account:{connection.connector}:{connection.far_account_id}"
        if per_account
        else f"connection:{connection.pk}"
    )
    return Terms(
        connection=connection.pk,
        name=connection.name,
        bucket=bucket,
        allowances=tuple(Allowance(limit.calls, limit.seconds) for limit in limits if limit.calls),
        at_once=_at_once(limits, *room),
    )


def _declared(connection: Connection) -> tuple[Limit, ...]:
    known = registry.connectors().get(connection.connector)
    if known is None or connection.mark == Connection.Mark.SANDBOX:
        return ()
    return known.manifest.limits


def _in_force(connection: _Known) -> Sequence[Limit]:
    if connection.own is None:
        return connection.declared
    return [limit_of(raw) for raw in orjson.loads(connection.own)]


def _at_once(limits: Sequence[Limit], threads: int, processes: int) -> int:
    """Half of the threads, so that one far system that hangs leaves the others theirs; a declared cap is shared out evenly
    among the processes, each of which may always make one call."""
    most = max(threads // 2, 1)
    capped = [limit.concurrent for limit in limits if limit.concurrent]
    if not capped:
        return most
    return max(min(most, min(capped) // max(processes, 1)), 1)
