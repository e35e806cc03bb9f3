"""Statements of the hot path, given straight to the driver: Django's cursor costs more than the statement itself.

They run on the thread's own Django connection, in whatever transaction is open there, and raise Django's database errors. Whoever
listens to Django's statements (a test, a debugger) hears them as well: then they go the ordinary way. SQL is written once, with
`%s` for each parameter and no other percent sign.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["Found", "execute", "execute_many", "moment", "moment_of", "quoted", "table"]

Parameters = Sequence[Any]
UTC_SUFFIX = len("+00:00")


class Found(NamedTuple):
    """What a statement gave back: its rows, and how many rows it has touched."""

    rows: list[tuple[Any, ...]]
    touched: int


def execute(sql: str, parameters: Parameters) -> Found:
    """Carry out one statement on the default database."""
    own = connections[DEFAULT_DB_ALIAS]
    if _somebody_listens(own):
        with own.cursor() as cursor:
            cursor.execute(sql, parameters)
            return Found(cursor.fetchall() if cursor.description else [], cursor.rowcount)
    own.ensure_connection()
    with own.wrap_database_errors:
        done = _cursor(own).execute(_native(own.vendor, sql), parameters)
        return Found(done.fetchall() if done.description else [], done.rowcount)


def execute_many(sql: str, rows: Sequence[Parameters]) -> None:
    """Carry out one statement for each row of parameters."""
    if len(rows) == 1:
        execute(sql, rows[0])
        return
    own = connections[DEFAULT_DB_ALIAS]
    if _somebody_listens(own):
        with own.cursor() as cursor:
            cursor.executemany(sql, rows)
        return
    own.ensure_connection()
    with own.wrap_database_errors:
        _cursor(own).executemany(_native(own.vendor, sql), rows)


@lru_cache(maxsize=512)
def quoted(name: str) -> str:
    """A table's or column's name as statements hold it."""
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


@lru_cache(maxsize=64)
def table(model: type[models.Model]) -> str:
    """A model's table as statements hold it."""
    return quoted(model._meta.db_table)  # noqa: SLF001 - Django's documented API


def moment(value: datetime, own: BaseDatabaseWrapper | None = None) -> object:
    """An aware moment as the database takes it: what the ORM makes of it, without asking for settings each time."""
    own = own or connections[DEFAULT_DB_ALIAS]
    if own.vendor != "sqlite" or own.timezone is not UTC:
        return own.ops.adapt_datetimefield_value(value)
    return value.astimezone(UTC).isoformat(" ")[:-UTC_SUFFIX]


def moment_of(value: Any) -> datetime:
    """The aware moment that a statement has read; SQLite gives it as text, or without its zone."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read if read.tzinfo else read.replace(tzinfo=connections[DEFAULT_DB_ALIAS].timezone)


def _somebody_listens(own: BaseDatabaseWrapper) -> bool:
    return bool(own.execute_wrappers) or own.force_debug_cursor or _debug()


def _cursor(own: BaseDatabaseWrapper) -> Any:
    """SQLite's own; PostgreSQL's that leaves parameters to the server instead of writing them into the text."""
    if own.vendor == "postgresql":
        return _server_side()(own.connection)
    return own.connection.cursor()


@lru_cache(maxsize=1)
def _server_side() -> Any:
    from psycopg import Cursor  # noqa: PLC0415 - not installed where only SQLite is used

    return Cursor


@lru_cache(maxsize=1024)
def _native(vendor: str, sql: str) -> str:
    return sql if vendor == "postgresql" else sql.replace("%s", "?")


@lru_cache(maxsize=1)
def _debug() -> bool:
    """Django keeps every statement then. Settings don't change while a process runs."""
    return bool(settings.DEBUG)
