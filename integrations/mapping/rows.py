"""Changing a mapping table's rows: typed values, no two rows of one key in force on one day, and a history of it all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.mapping import lookup as cache
from integrations.mapping.keys import key_columns, lookup_key, shown
from integrations.mapping.models import MappingRow, MappingTable, RowChange
from integrations.mapping.values import Dates, RowProblem, RowRefused, checked_dates, checked_values

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["IN_ORDER", "add_row", "change_row", "delete_row", "editing", "overlap_problem", "rekey", "shape"]

IN_ORDER = ("lookup", F("valid_from").asc(nulls_first=True), "id")
"""How people read a table, on every database: by key, the row without a first day before the others."""


def add_row(
    table: MappingTable,
    values: Mapping[str, Json],
    *,
    valid_from: Json = None,
    valid_to: Json = None,
    by: "User | None" = None,
) -> MappingRow:
    """Add a row. `values` by column key, as typed or as text; days as ISO text or dates. Raises `RowRefused`."""
    with editing(table):
        return _write(table, MappingRow(table=table), values, (valid_from, valid_to), by)


def change_row(
    table: MappingTable,
    row_id: int,
    values: Mapping[str, Json],
    *,
    dates: tuple[Json, Json] = (None, None),
    by: "User | None" = None,
) -> MappingRow:
    """Replace a row's values and its days in force (from, to). Raises `RowRefused`, `MappingRow.DoesNotExist`."""
    with editing(table):
        return _write(table, MappingRow.objects.get(table=table, pk=row_id), values, dates, by)


def delete_row(table: MappingTable, row_id: int, *, by: "User | None" = None) -> None:
    """Remove a row; its values stay in the history. Raises `MappingRow.DoesNotExist`."""
    with editing(table):
        row = MappingRow.objects.get(table=table, pk=row_id)
        before = shape(row)
        row.delete()
        RowChange.objects.create(table=table, row_id=row_id, action="delete", before=before, user=by)


@contextmanager
def editing(table: MappingTable) -> Iterator[None]:
    """One transaction in which the table's rows may change. Taking the revision first makes editors wait for each other."""
    with transaction.atomic():
        MappingTable.objects.filter(pk=table.pk).update(revision=F("revision") + 1)
        yield
        transaction.on_commit(partial(cache.changed, table.pk))
    table.refresh_from_db(fields=["revision"])


def rekey(table: MappingTable) -> None:
    """After the columns changed: compute every row's key anew. Call inside `editing`; raises `RowRefused`."""
    columns = key_columns(table.columns)
    rows = list(table.rows.all())
    met: dict[str, list[MappingRow]] = {}
    for row in rows:
        row.lookup = lookup_key(table.columns, [row.values.get(str(one["key"])) for one in columns])
        for other in met.get(row.lookup, []):
            if Dates(row.valid_from, row.valid_to).meets(Dates(other.valid_from, other.valid_to)):
                raise RowRefused([RowProblem("", f"With these key columns, two rows are called “{row}”.")])
        met.setdefault(row.lookup, []).append(row)
    MappingRow.objects.bulk_update(rows, ["lookup"], batch_size=500)


def shape(row: MappingRow) -> dict[str, Json]:
    """A row as the history keeps it: {"values", "valid_from", "valid_to"}."""
    return {
        "values": dict(row.values),
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
    }


def overlap_problem(key: str, dates: Dates) -> RowProblem:
    """The sentence for a second row in force on a day that has one."""
    return RowProblem(
        "", f"“{key}” already has a row that holds {dates}. Close that one first, or change it."
    )


def _write(
    table: MappingTable,
    row: MappingRow,
    raw: Mapping[str, Json],
    raw_dates: tuple[Json, Json],
    by: "User | None",
) -> MappingRow:
    values, problems = checked_values(table.columns, raw)
    dates, date_problems = checked_dates(*raw_dates)
    unknown = sorted(set(raw) - {str(one["key"]) for one in table.columns})
    problems += [RowProblem(name, f"There is no column “{name}”.") for name in unknown]
    if problems or date_problems:
        raise RowRefused(problems + date_problems)
    before = shape(row) if row.pk else None
    key = [values[str(one["key"])] for one in key_columns(table.columns)]
    row.lookup = lookup_key(table.columns, key)
    row.values, row.valid_from, row.valid_to = values, dates.first, dates.last
    _refuse_overlap(row, shown(key), dates)
    if before == shape(row):
        return row
    row.updated_by = by.get_username() if by else ""
    row.updated_at = timezone.now()
    row.save()
    RowChange.objects.create(
        table=table,
        row_id=row.pk,
        action="change" if before else "add",
        before=before,
        after=shape(row),
        user=by,
    )
    return row


def _refuse_overlap(row: MappingRow, key: str, dates: Dates) -> None:
    others = MappingRow.objects.filter(table_id=row.table_id, lookup=row.lookup).exclude(pk=row.pk)
    for first, last in others.values_list("valid_from", "valid_to"):
        if dates.meets(Dates(first, last)):
            raise RowRefused([overlap_problem(key, Dates(first, last))])
