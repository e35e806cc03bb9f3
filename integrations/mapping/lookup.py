"""The one way to read mapping tables: the row that holds on a day, from a cache that follows the table's revision."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from connectors.sdk.errors import Config, TableMiss
from connectors.sdk.wire import Json
from integrations.mapping.keys import key_columns, lookup_key, shown
from integrations.mapping.models import MappingRow, MappingTable

__all__ = ["changed", "lookup", "row_for"]

_CHECK_EVERY = 1.0
"""Seconds a revision is believed before the database is asked again (a change made in this process is seen at once)."""
_WHOLE = 5_000
"""Tables up to this many rows are read whole; of larger ones only the keys that were asked for are kept."""
_KEPT_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class _Dated:
    """One row of a key: its days in force (None = open) and its values."""

    first: date | None
    last: date | None
    values: Mapping[str, Json]

    def holds(self, on: date) -> bool:
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)


@dataclass(slots=True)
class _Snapshot:
    """A table as of one revision. `whole` = every row is in `rows`; otherwise keys are added as they are asked for."""

    id: int
    revision: int
    key: str
    name: str
    columns: tuple[Mapping[str, Json], ...]
    policy: str
    default: Mapping[str, Json] | None
    whole: bool = False
    rows: dict[str, tuple[_Dated, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    spelled: dict[str, tuple[_Dated, ...]] = field(default_factory=dict)
    """The rows of a one-column text key as the flow spells it, so that its stored form is worked out once."""

    def asked(self, key: Sequence[Json]) -> tuple[_Dated, ...]:
        """All rows of a key as a flow gives it. Raises `Config` when the number of values is wrong."""
        spelling = key[0] if len(key) == 1 and type(key[0]) is str else None
        known = self.spelled.get(spelling) if spelling is not None else None
        if known is not None:
            return known
        found = self.of(_stored(self, key))
        if found and spelling is not None:
            if len(self.spelled) >= _KEPT_KEYS:
                self.spelled.clear()
            self.spelled[spelling] = found
        return found

    def of(self, stored: str) -> tuple[_Dated, ...]:
        """All rows of one stored key, in and out of force."""
        found = self.rows.get(stored)
        if found is not None or self.whole:
            return found or ()
        found = tuple(
            _Dated(*row)
            for row in MappingRow.objects.filter(table_id=self.id, lookup=stored).values_list(
                "valid_from", "valid_to", "values"
            )
        )
        if len(self.rows) >= _KEPT_KEYS:
            self.rows.clear()
        self.rows[stored] = found
        return found


_guard = threading.Lock()
_snapshots: dict[int, _Snapshot] = {}
_checked: dict[tuple[int, str], tuple[float, int]] = {}
"""(environment, table key) → when its revision was last compared, and the table's id."""
_changed: dict[int, float] = {}
"""Table id → when this process last committed a change to it."""


def lookup(
    table_key: str,
    environment_id: int,
    key: Sequence[Json],
    column: str,
    on: date,
    *,
    not_before: float = 0.0,
) -> Json:
    """The value of `column` in the row of `key` that holds on day `on`.

    `not_before` (monotonic): the table must have been compared with the database since then; a row that seems to be
    missing is always looked for in the table as it is now. Raises `TableMiss` when there is no such row (unless the table
    has a default row), `Config` when the table or the column does not exist or the number of keys is wrong.
    """
    asked_at = time.monotonic()
    try:
        return _read(_current(table_key, environment_id, not_before), key, column, on)
    except (TableMiss, Config):
        return _read(_current(table_key, environment_id, asked_at), key, column, on)


def _read(table: _Snapshot, key: Sequence[Json], column: str, on: date) -> Json:
    if column not in table.names:
        raise Config(
            f"Mapping table “{table.name}” has no column “{column}”.",
            code="mapping_column_unknown",
            info={"table": table.key, "column": column},
        )
    rows = table.asked(key)
    for row in rows:
        if row.holds(on):
            return row.values.get(column)
    if table.policy == MappingTable.Miss.DEFAULT and table.default is not None:
        return table.default.get(column)
    raise _miss(table, key, column, None if not rows else on)


def row_for(table_key: str, environment_id: int, key: Sequence[Json], on: date) -> Mapping[str, Json] | None:
    """All values of the row of `key` that holds on day `on`; None when there is none. Raises `Config`."""
    table = _current(table_key, environment_id, 0.0)
    return next((row.values for row in table.asked(key) if row.holds(on)), None)


def changed(table_id: int) -> None:
    """Call after a change to a table is committed: this process reads the revision anew before its next lookup."""
    with _guard:
        _changed[table_id] = time.monotonic()


def _current(table_key: str, environment_id: int, not_before: float) -> _Snapshot:
    """The table's snapshot, at most a second old and compared since `not_before`. Inside a transaction nothing is kept: it may be rolled back."""
    if connection.in_atomic_block:
        return _load(table_key, environment_id)
    place = (environment_id, table_key)
    now = time.monotonic()
    checked = _checked.get(place)
    if checked is not None:
        at, table_id = checked
        snapshot = _snapshots.get(table_id)
        believed = now - at < _CHECK_EVERY and at >= not_before and _changed.get(table_id, -1.0) < at
        if snapshot is not None and believed:
            return snapshot
    return _refresh(place, now)


def _refresh(place: tuple[int, str], asked_at: float) -> _Snapshot:
    environment_id, table_key = place
    seen = (
        MappingTable.objects.filter(environment_id=environment_id, key=table_key)
        .values_list("id", "revision")
        .first()
    )
    snapshot = _snapshots.get(seen[0]) if seen else None
    if snapshot is None or seen is None or (snapshot.revision, snapshot.key) != (seen[1], table_key):
        snapshot = _load(table_key, environment_id)
    with _guard:
        _snapshots[snapshot.id] = snapshot
        _checked[place] = (asked_at, snapshot.id)
    return snapshot


def _load(table_key: str, environment_id: int) -> _Snapshot:
    """Read the table, its revision first: rows newer than the revision are read again at the next comparison."""
    table = MappingTable.objects.filter(environment_id=environment_id, key=table_key).first()
    if table is None:
        raise Config(
            f"There is no mapping table “{table_key}” in this environment.",
            code="mapping_table_unknown",
            info={"table": table_key},
        )
    snapshot = _Snapshot(
        id=table.pk,
        revision=table.revision,
        key=table.key,
        name=table.name,
        columns=tuple(table.columns),
        policy=table.miss_policy,
        default=table.default,
        names=frozenset(str(column.get("key")) for column in table.columns),
    )
    rows = list(
        MappingRow.objects.filter(table_id=table.pk)
        .order_by()
        .values_list("lookup", "valid_from", "valid_to", "values")[: _WHOLE + 1]
    )
    if len(rows) <= _WHOLE:
        snapshot.whole = True
        for stored, *dated in rows:
            snapshot.rows[stored] = (*snapshot.rows.get(stored, ()), _Dated(*dated))
    return snapshot


def _stored(table: _Snapshot, key: Sequence[Json]) -> str:
    wanted = len(key_columns(table.columns))
    if wanted != len(key):
        raise Config(
            f"Mapping table “{table.name}” is looked up by {wanted} values, the flow gives {len(key)}.",
            code="mapping_key_mismatch",
            info={"table": table.key, "key": list(key)},
        )
    return lookup_key(table.columns, key)


def _miss(table: _Snapshot, key: Sequence[Json], column: str, on: date | None) -> TableMiss:
    """`on` is given when the key has rows, but none that holds on that day."""
    when = "" if on is None else f" that holds on {on.day} {on:%b %Y}"
    return TableMiss(
        f"Mapping table “{table.name}” has no row for “{shown(key)}”{when}.",
        info={
            "table": table.key,
            "table_name": table.name,
            "key": list(key),
            "key_columns": [str(one["key"]) for one in key_columns(table.columns)],
            "column": column,
        },
    )
