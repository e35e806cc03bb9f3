"""The ledger's own statements, prepared once: it is on every run's hot path, and the ORM's building of queries costs more
than the queries. Everything here runs inside the writer's transaction and raises nothing for a taken key."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils import timezone

from integrations.effects.models import CrossReference, Effect, EffectKey, FieldPosition
from integrations.records import columns, instances
from integrations.runs.models import Run
from integrations.runs.rows import Table
from integrations.statements import execute, moment, quoted
from integrations.statements import table as _table

__all__ = [
    "CROSS_REFERENCES",
    "EFFECTS",
    "KEYS",
    "is_known",
    "met",
    "release_keys",
    "settle",
    "take_back",
    "wake",
    "written",
]

EFFECTS = Table(
    Effect,
    [field.attname for field in Effect._meta.concrete_fields if not field.primary_key],  # noqa: SLF001 - Django's documented API
)
KEYS = Table(EffectKey, ["account", "record", "key", "effect_id"])
CROSS_REFERENCES = Table(
    CrossReference,
    [
        "environment_id",
        "source_record",
        "source_id",
        "account",
        "record",
        "far_id",
        "effect_id",
        "created_at",
    ],
)


def met(account: str, record: str, keys: Sequence[str]) -> list[Effect]:
    """The effects that hold any of these keys. Only reads."""
    places = ", ".join(["%s"] * len(keys))
    found = execute(
        f"SELECT {columns(Effect, 'met')} FROM {_table(EffectKey)} AS held JOIN {_table(Effect)} AS met ON met.id = held.effect_id"  # noqa: S608 - our own names only
        f' WHERE held.account = %s AND held.record = %s AND held."key" IN ({places})',
        [account, record, *keys],
    )
    return instances(Effect, found.rows)


def is_known(mark: str) -> bool:
    """Whether there is an effect of this mark. Only reads."""
    return bool(execute(f"SELECT 1 FROM {_table(Effect)} WHERE mark = %s", [mark]).rows)  # noqa: S608 - our own names only


def written(effect: Effect, fields: Sequence[str], source: str) -> list[tuple[str, str, int | None]]:
    """(position, payload hash, effect) of each of these fields of the effect's target that this source has written."""
    places = ", ".join(["%s"] * len(fields)) or "NULL"
    found = execute(
        f"SELECT position, payload_hash, effect_id FROM {_table(FieldPosition)} WHERE far_id = %s"  # noqa: S608 - our own names only
        f" AND field IN ({places}) AND source = %s AND record = %s AND account = %s",
        [effect.far_id, *fields, source, effect.record, effect.account],
    )
    return [(position, digest, by) for position, digest, by in found.rows]


def settle(effect: Effect, values: Mapping[str, Any]) -> bool:
    """Write `values` to an unsettled effect whose fence is still ours. False = it is not; nothing was written."""
    names = tuple(values)
    given = EFFECTS.prepared(values)
    return execute(_settle_statement(names), [*given, effect.pk, effect.fence]).touched > 0


def release_keys(effect: Effect) -> None:
    """Give up the keys an effect holds: others may mean them from now on."""
    execute(f"DELETE FROM {_table(EffectKey)} WHERE effect_id = %s", [effect.pk])  # noqa: S608 - our own names only


def take_back(effect_id: int) -> None:
    """Remove an effect that was intended in this very transaction, with the keys it got: it is not to be."""
    for table, column in ((EffectKey, "effect_id"), (Effect, "id")):
        execute(f"DELETE FROM {_table(table)} WHERE {column} = %s", [effect_id])  # noqa: S608 - our own names only


def wake(tokens: Sequence[str]) -> None:
    """Make the runs that wait for any of these due now: `claim.wake_waiting`, as every settlement says it."""
    execute(_wake_statement(len(tokens)), [moment(timezone.now()), *tokens])


@lru_cache(maxsize=128)
def _wake_statement(count: int) -> str:
    """`NOT (waits_for = '')` names the partial index: SQLite finds it by these very words."""
    places = ", ".join(["%s"] * count)
    return (
        f"UPDATE {_table(Run)} SET \"due_at\" = %s WHERE NOT (waits_for = '')"  # noqa: S608 - our own names only
        f" AND waits_for IN ({places}) AND state = 'parked'"
    )


@lru_cache(maxsize=1)
def _fields() -> "dict[str, models.Field[Any, Any]]":
    return {field.attname: field for field in Effect._meta.concrete_fields}  # noqa: SLF001 - Django's documented API


@lru_cache(maxsize=32)
def _settle_statement(names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{quoted(str(_fields()[name].column))} = %s" for name in names)
    return f"UPDATE {_table(Effect)} SET {changes} WHERE id = %s AND fence = %s AND state IN ('intended', 'unknown')"  # noqa: S608 - our own names only
