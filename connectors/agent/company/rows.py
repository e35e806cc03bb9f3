"""Rows of a company file: plain statements whose table and column names are our own, with amounts as decimals.

Money never passes through a Python float on its way in (decimal text is bound); what SQLite stores as a double is
rounded back to its places on the way out, as everybody must do who reads Sage by ODBC.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from connectors.agent.company.tables import TABLES, columns, key_of

Row = dict[str, Any]
CENT = Decimal("0.01")
_SIX_PLACES = Decimal("0.000001")


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to two places, as every amount of a line is."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to an existing company file. Raises `FileNotFoundError`, or `sqlite3.Error` when it is none."""
    if not path.is_file():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
    """Add a row. Decimals are bound as text; an unknown column raises `sqlite3.OperationalError`."""
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours, values are bound
    connection.execute(statement, [_bound(value) for value in values.values()])


def update(connection: sqlite3.Connection, table: str, key: Any, values: Mapping[str, Any]) -> None:
    """Change one row by its key."""
    sets = ", ".join(f"{name} = ?" for name in values)
    statement = f"UPDATE {table} SET {sets} WHERE {key_of(table)} = ?"  # noqa: S608 - names are ours, values are bound
    connection.execute(statement, [*(_bound(value) for value in values.values()), key])


def select(
    connection: sqlite3.Connection, table: str, where: str = "", values: Sequence[Any] = ()
) -> list[Row]:
    """Rows with amounts as `Decimal`, in the table's own order. `where` is a text of ours with marks for `values`."""
    kinds = columns(table)
    clause = f" WHERE {where}" if where else ""
    statement = f"SELECT {', '.join(kinds)} FROM {table}{clause}"  # noqa: S608 - names are ours, values are bound
    with closing(connection.execute(statement, [_bound(value) for value in values])) as found:
        return [
            {name: _read(kind, value) for (name, kind), value in zip(kinds.items(), row, strict=True)}
            for row in found
        ]


def one(connection: sqlite3.Connection, table: str, key: Any) -> Row | None:
    """The row with that key."""
    found = select(connection, table, f"{key_of(table)} = ?", [key])
    return found[0] if found else None


def next_number(connection: sqlite3.Connection, table: str) -> int:
    """The number after the highest: documents and postings are numbered without gaps of ours."""
    if table not in TABLES:
        raise KeyError(table)
    statement = f"SELECT COALESCE(MAX({key_of(table)}), 0) + 1 FROM {table}"  # noqa: S608 - both names are ours
    return int(connection.execute(statement).fetchone()[0])


def _bound(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value


def _read(kind: str, value: Any) -> Any:
    if value is None or kind not in {"M", "D"}:
        return value
    number = Decimal(str(value))
    return cents(number) if kind == "M" else number.quantize(_SIX_PLACES).normalize() + 0
