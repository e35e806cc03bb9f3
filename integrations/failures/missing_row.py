"""The missing row behind a failure: which table and key, what to fill in, and adding it before the runs go on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict

from connectors.sdk.wire import Json
from integrations.failures.models import Failure
from integrations.mapping.keys import key_columns, shown
from integrations.mapping.models import MappingRow, MappingTable
from integrations.mapping.rows import add_row
from integrations.mapping.values import written

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["Cell", "MissingRow", "add_missing", "missing_of"]

_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the row to add. `fixed` = part of the key, known from the failure."""

    name: str
    title: str
    kind: str
    value: str
    fixed: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class MissingRow:
    """What a table lacks. `neighbours` are rows of the same table, as examples."""

    table: MappingTable
    key: list[Json]
    key_text: str
    cells: list[Cell]
    neighbours: list[MappingRow]


def missing_of(failure: Failure, typed: QueryDict | None = None) -> MissingRow | None:
    """The row this failure lacks; None when it is about something else or the table is gone or changed since."""
    if failure.kind != "table_miss":
        return None
    table = MappingTable.objects.filter(
        environment_id=failure.environment_id, key=str(failure.info.get("table", ""))
    ).first()
    key = list(failure.info.get("key") or [])
    if table is None or len(key_columns(table.columns)) != len(key):
        return None
    return MissingRow(
        table=table,
        key=key,
        key_text=shown(key),
        cells=_cells(table, key, str(failure.info.get("column", "")), typed),
        neighbours=list(table.rows.order_by("-updated_at")[:_NEIGHBOURS]),
    )


def add_missing(missing: MissingRow, typed: QueryDict, by: "User | None") -> MappingRow:
    """Add the row as typed, with the failure's own key. Raises `RowRefused`."""
    values: dict[str, Json] = {
        str(column["key"]): value
        for column, value in zip(key_columns(missing.table.columns), missing.key, strict=True)
    }
    for cell in missing.cells:
        if not cell.fixed:
            values[cell.name] = typed.get(f"cell-{cell.name}", "")
    return add_row(missing.table, values, valid_from=typed.get("valid_from", ""), by=by)


def _cells(table: MappingTable, key: list[Json], wanted: str, typed: QueryDict | None) -> list[Cell]:
    parts = iter(key)
    found = []
    for column in table.columns:
        name, fixed = str(column["key"]), bool(column.get("is_key"))
        value = written(next(parts)) if fixed else (typed.get(f"cell-{name}", "") if typed else "")
        found.append(
            Cell(
                name=name,
                title=str(column.get("title") or name),
                kind=str(column.get("type", "text")),
                value=str(value or ""),
                fixed=fixed,
                wanted=name == wanted,
            )
        )
    return found
