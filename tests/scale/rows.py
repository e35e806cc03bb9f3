"""Rows made by the database itself, millions in minutes: one INSERT … SELECT over numbers, columns as SQL expressions of `i`."""

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

__all__ = ["CHUNK", "at", "binary", "fill"]

CHUNK = 20_000  # rows of one transaction
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n) AS n",
    "postgresql": "generate_series({first}, {last}) AS n(i)",
}


def fill(model: type[models.Model], count: int, **columns: str) -> None:
    """Insert rows for i = 1 … count. Columns that aren't named hold their defaults, else nothing."""
    names, values = [], []
    for one in model._meta.concrete_fields:
        if one.attname in columns:
            expression = columns[one.attname]
        elif isinstance(one, models.AutoField):
            continue
        else:
            expression = _default(one)
        names.append(connection.ops.quote_name(str(one.column)))
        values.append(expression)
    table = connection.ops.quote_name(model._meta.db_table)
    for first in range(1, count + 1, CHUNK):
        numbers = _NUMBERS[connection.vendor].format(first=first, last=min(first + CHUNK - 1, count))
        with transaction.atomic(), connection.cursor() as cursor:
            inserted = f"INSERT INTO {table} ({', '.join(names)})"
            cursor.execute(" ".join((inserted, "SELECT", ", ".join(values), "FROM", numbers)))


def at(start: datetime, seconds: str) -> str:
    """An instant so many seconds (an expression of `i`) after `start`."""
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%f000', '{start:%Y-%m-%d %H:%M:%S}', ({seconds}) || ' seconds')"
    return f"TIMESTAMPTZ '{start:%Y-%m-%d %H:%M:%S}+00' + ({seconds}) * INTERVAL '1 second'"


def binary(blob: bytes) -> str:
    """A constant blob."""
    return f"x'{blob.hex()}'" if connection.vendor == "sqlite" else f"'\\x{blob.hex()}'::bytea"


def _default(one: "models.Field[Any, Any]") -> str:
    if one.null:
        return "NULL"
    value = one.get_default() if one.has_default() else None
    if value is None or callable(value):
        value = "" if isinstance(one, models.CharField | models.TextField) else 0
    if isinstance(one, models.JSONField):
        return "'{}'" if not isinstance(value, list) else "'[]'"
    if isinstance(one, models.BooleanField):
        return ("1" if value else "0") if connection.vendor == "sqlite" else ("TRUE" if value else "FALSE")
    if isinstance(one, models.BinaryField):
        return binary(b"")
    return f"'{value}'" if isinstance(value, str) else str(value)
