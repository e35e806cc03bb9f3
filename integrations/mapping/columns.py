"""Changing what a table looks like: its columns, its words and what a missing row means. Rows are kept or it is refused."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from connectors.sdk.wire import Json
from integrations.mapping.models import MappingRow, MappingTable, RowChange
from integrations.mapping.rows import editing, rekey, shape
from integrations.mapping.values import COLUMN_TYPES, RowProblem, RowRefused, checked_values, written

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["change_columns", "check_columns", "check_default"]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_RESERVED = frozenset({"valid_from", "valid_to", "stamp", "delete"})
_BATCH = 500


def check_columns(columns: Sequence[Mapping[str, Json]]) -> list[RowProblem]:
    """Every reason why these columns can't be a table's."""
    problems = []
    keys = [str(column.get("key", "")) for column in columns]
    for key in keys:
        if not _KEY.match(key) or key in _RESERVED:
            problems.append(
                RowProblem(
                    key, f"“{key}” can't be a column's key: small letters, digits and _, a letter first."
                )
            )
    problems += [
        RowProblem(key, f"The key “{key}” stands twice.") for key in sorted(set(keys)) if keys.count(key) > 1
    ]
    for column in columns:
        if column.get("type") not in COLUMN_TYPES:
            problems.append(
                RowProblem(str(column.get("key")), f"A column's type is one of {', '.join(COLUMN_TYPES)}.")
            )
        if not str(column.get("title", "")).strip():
            problems.append(
                RowProblem(str(column.get("key")), f"The column “{column.get('key')}” needs a title.")
            )
    if not any(column.get("is_key") for column in columns):
        problems.append(RowProblem("", "At least one column must be part of the key."))
    if all(column.get("is_key") for column in columns):
        problems.append(
            RowProblem("", "At least one column must not be part of the key: it is what a lookup answers.")
        )
    return problems


def check_default(
    columns: Sequence[Mapping[str, Json]], raw: Mapping[str, Json]
) -> tuple[dict[str, Json], list[RowProblem]]:
    """The default row's typed values, for the columns that are not part of the key."""
    return checked_values([column for column in columns if not column.get("is_key")], raw)


def change_columns(
    table: MappingTable, columns: Sequence[Mapping[str, Json]], *, by: "User | None" = None
) -> None:
    """Give the table these columns, retyping and rekeying its rows. Values of columns that go are dropped, with history.

    Raises `RowRefused` with every row that doesn't fit; then nothing is changed.
    """
    problems = check_columns(columns)
    if problems:
        raise RowRefused(problems)
    with editing(table):
        changed, before, problems = _retyped(table, columns)
        if problems:
            raise RowRefused(problems)
        table.columns = [dict(column) for column in columns]
        table.save(update_fields=["columns"])
        MappingRow.objects.bulk_update(changed, ["values"], batch_size=_BATCH)
        rekey(table)
        RowChange.objects.bulk_create(
            (
                RowChange(table=table, row_id=row.pk, action="change", before=old, after=shape(row), user=by)
                for row, old in zip(changed, before, strict=True)
            ),
            batch_size=_BATCH,
        )


def _retyped(
    table: MappingTable, columns: Sequence[Mapping[str, Json]]
) -> tuple[list[MappingRow], list[dict[str, Json]], list[RowProblem]]:
    """The rows whose values change, what they were, and what doesn't fit."""
    changed, before, problems = [], [], []
    for row in table.rows.all():
        old = shape(row)
        texts = {name: written(value) for name, value in row.values.items()}
        values, refused = checked_values(columns, texts)
        problems += [RowProblem(one.column, f"Row “{row}”: {one.sentence}") for one in refused]
        if values != row.values:
            row.values = values
            changed.append(row)
            before.append(old)
    return changed, before, problems
