"""What the table page shows beside its rows: the keys that deals asked for in vain, and the flows that read the table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from connectors.sdk.wire import Json
from integrations.failures.models import Failure
from integrations.failures.stakes import Stake, with_stakes
from integrations.mapping.keys import normalise, shown
from integrations.mapping.models import MappingRow, MappingTable
from integrations.releases.models import Release

__all__ = ["MissingKey", "Reader", "changes_of", "in_force", "missing_keys", "readers", "search"]

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A key somebody asked for and did not find, with what waits for it."""

    key: str
    stake: Stake


@dataclass(frozen=True, slots=True)
class Reader:
    """A flow whose active release reads the table."""

    flow_key: str
    flow_name: str
    release: int


def missing_keys(table: MappingTable) -> list[MissingKey]:
    """Open failures for want of a row of this table, money first."""
    failures = Failure.objects.filter(
        environment_id=table.environment_id,
        kind="table_miss",
        state__in=(Failure.State.OPEN, Failure.State.SNOOZED),
        info__table=table.key,
    )[:_SHOWN]
    stakes = sorted(with_stakes(failures), key=lambda stake: stake.weight, reverse=True)
    return [MissingKey(shown(stake.failure.info.get("key") or []), stake) for stake in stakes]


def readers(table: MappingTable) -> list[Reader]:
    """The flows that read this table in its environment."""
    active = Release.objects.filter(environment_id=table.environment_id, active=True)
    rows = active.values_list("flow_key", "flow_name", "number", "plan__needs__tables")
    return [Reader(key, name, number) for key, name, number, tables in rows if table.key in _listed(tables)]


def search(table: MappingTable, rows: QuerySet[MappingRow], words: str) -> QuerySet[MappingRow]:
    """Rows that hold all of `words`, each in any column."""
    for word in words.split():
        found = Q(lookup__contains=normalise(word))
        for column in table.columns:
            found |= Q(**{f"values__{column['key']}__icontains": word})
        rows = rows.filter(found)
    return rows


def in_force(rows: QuerySet[MappingRow], today: date) -> QuerySet[MappingRow]:
    """Rows that hold on that day."""
    started = Q(valid_from=None) | Q(valid_from__lte=today)
    return rows.filter(started & (Q(valid_to=None) | Q(valid_to__gte=today)))


def changes_of(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterator[tuple[str, Json, Json]]:
    """(name, old, new) of each value or date that differs between two shapes of a row."""
    old, new = _flat(before), _flat(after)
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _flat(row: Mapping[str, Any] | None) -> dict[str, Json]:
    if row is None:
        return {}
    return {**row["values"], "from": row["valid_from"], "to": row["valid_to"]}


def _listed(tables: Json) -> Sequence[str]:
    return tables if isinstance(tables, list) else []
