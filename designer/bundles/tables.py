"""The mapping tables of a bundle: made where they are missing; rows that people have edited since are theirs."""

from collections.abc import Mapping
from typing import Any

from designer.bundles.bundle import BundleRefused, Issue, Table
from integrations.mapping.models import MappingTable
from integrations.mapping.rows import add_row
from integrations.releases.models import Environment

__all__ = ["exported_table", "install_tables"]


def install_tables(environment: Environment, tables: Mapping[str, Table]) -> list[MappingTable]:
    """Make what the environment lacks, with rows. A table that is there is kept as it is.

    Raises `BundleRefused` when a table that is there lacks columns, or has them with another type or key.
    """
    there = {
        table.key: table for table in MappingTable.objects.filter(environment=environment, key__in=tables)
    }
    issues = [issue for key, table in there.items() for issue in _differences(table, tables[key])]
    if issues:
        raise BundleRefused(issues)
    return [_make(environment, table) for key, table in tables.items() if key not in there]


def exported_table(table: MappingTable) -> Table:
    """A table as a bundle carries it. Rows only of configuration, in the order of their keys."""
    schema: dict[str, Any] = {
        "key": table.key,
        "name": table.name,
        "description": table.description,
        "class": table.klass,
        "columns": [
            {
                "key": str(column["key"]),
                "title": str(column.get("title") or column["key"]),
                "type": str(column.get("type", "text")),
                "is_key": bool(column.get("is_key")),
            }
            for column in table.columns
        ],
        "miss_policy": table.miss_policy,
    }
    if table.default is not None:
        schema["default"] = table.default
    if table.klass != MappingTable.Class.CONFIGURATION:
        return Table(schema)
    return Table(schema, tuple(_row(row) for row in table.rows.order_by("lookup", "valid_from", "id")))


def _make(environment: Environment, table: Table) -> MappingTable:
    schema = table.schema
    made = MappingTable.objects.create(
        environment=environment,
        key=schema["key"],
        name=schema["name"],
        description=schema.get("description", ""),
        klass=schema["class"],
        columns=list(schema["columns"]),
        miss_policy=schema["miss_policy"],
        default=schema.get("default"),
    )
    for row in table.rows:
        add_row(made, row["values"], valid_from=row.get("valid_from"), valid_to=row.get("valid_to"))
    return made


def _row(row: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"values": row.values}
    for name in ("valid_from", "valid_to"):
        day = getattr(row, name)
        if day is not None:
            shape[name] = day.isoformat()
    return shape


def _differences(table: MappingTable, wanted: Table) -> list[Issue]:
    has = {
        str(column["key"]): (column.get("type", "text"), bool(column.get("is_key")))
        for column in table.columns
    }
    needs = {column["key"]: (column["type"], column["is_key"]) for column in wanted.schema["columns"]}
    place = f"tables/{table.key}.schema.json"
    issues = [
        Issue(place, "/columns", "column_missing", f"The table “{table.name}” has no column {key} here.")
        for key in sorted(set(needs) - set(has))
    ]
    for key in sorted(set(needs) & set(has)):
        if has[key] != needs[key]:
            message = f"The column {key} of “{table.name}” is of another kind here."
            issues.append(Issue(place, "/columns", "column_differs", message))
    return issues
