"""Rows of a table as plain parameters: one prepared INSERT for many of them, without a model instance each.

Values go through the fields' own `get_db_prep_save`, so that what is written is what the ORM would write; fields that change
nothing are not asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from integrations.statements import execute, execute_many, moment, quoted, table

__all__ = ["Table"]

UNCHANGED = (
    models.CharField,
    models.IntegerField,
    models.FloatField,
    models.ForeignKey,
    models.BooleanField,
    models.BinaryField,
)
"""Fields whose values the database takes as they are."""

Row = Sequence[Any]
Prepare = Callable[[Any, BaseDatabaseWrapper], Any]


class Table:
    """How to insert into one model's table. Must be used inside a transaction, with the default database.

    `unique` and `update`: on a conflict on `unique` the columns in `update` are overwritten, or nothing happens when there
    are none. Rows give the values of `columns` (attribute names such as "run_id") in their order.
    """

    def __init__(
        self,
        model: type[models.Model],
        columns: Sequence[str],
        *,
        unique: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        self._model = model
        self._columns = tuple(columns)
        self._unique = tuple(unique)
        self._update = tuple(update)
        self._inserts: dict[int, str] = {}

    def insert(self, rows: Iterable[Row]) -> None:
        """Write many rows with one prepared statement."""
        own = connections[DEFAULT_DB_ALIAS]
        prepared = [self._prepared(row, own) for row in rows]
        if prepared:
            execute_many(self._statement, prepared)

    def insert_returning(self, row: Row) -> int | None:
        """Write one row. Its primary key, or None when a row with the same unique columns was there (and was left alone)."""
        own = connections[DEFAULT_DB_ALIAS]
        found = execute(self._returning, self._prepared(row, own)).rows
        return found[0][0] if found else None

    def insert_all(self, rows: Sequence[Row]) -> bool:
        """Write these rows with one statement. False = some were there before and were left alone; the others are written."""
        if not rows:
            return True
        own = connections[DEFAULT_DB_ALIAS]
        values = [value for row in rows for value in self._prepared(row, own)]
        return execute(self._insert_of(len(rows)), values).touched == len(rows)

    def values(self, named: Mapping[str, Any]) -> Row:
        """A row out of a mapping by column name."""
        return [named[column] for column in self._columns]

    def prepared(self, named: Mapping[str, Any]) -> list[Any]:
        """Values by column name, as the database takes them, in their own order."""
        own, changes = connections[DEFAULT_DB_ALIAS], self._changes_by_name
        return [
            changes[name](value, own) if value is not None and name in changes else value
            for name, value in named.items()
        ]

    def _prepared(self, row: Row, own: BaseDatabaseWrapper) -> list[Any]:
        values = list(row)
        for place, prepare in self._changes:
            if values[place] is not None:
                values[place] = prepare(values[place], own)
        return values

    @cached_property
    def _fields(self) -> "list[models.Field[Any, Any]]":
        by_name = {field.attname: field for field in self._model._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
        return [by_name[column] for column in self._columns]

    @cached_property
    def _changes(self) -> list[tuple[int, Prepare]]:
        return [
            (place, moment if isinstance(field, models.DateTimeField) else field.get_db_prep_save)
            for place, field in enumerate(self._fields)
            if not isinstance(field, UNCHANGED)
        ]

    @cached_property
    def _changes_by_name(self) -> dict[str, Prepare]:
        return {self._columns[place]: prepare for place, prepare in self._changes}

    @cached_property
    def _returning(self) -> str:
        return f"{self._statement} RETURNING {quoted('id')}"

    @cached_property
    def _statement(self) -> str:
        return self._insert_of(1)

    def _insert_of(self, count: int) -> str:
        if count not in self._inserts:
            columns = ", ".join(quoted(str(field.column)) for field in self._fields)
            places = ", ".join([f"({', '.join(['%s'] * len(self._columns))})"] * count)
            self._inserts[count] = (
                f"INSERT INTO {table(self._model)} ({columns}) VALUES {places} ON CONFLICT {self._on_conflict()}"  # noqa: S608 - our own names only
            )
        return self._inserts[count]

    def _on_conflict(self) -> str:
        if not self._update:
            return "DO NOTHING"
        unique = ", ".join(quoted(column) for column in self._unique)
        changes = ", ".join(f"{quoted(column)} = EXCLUDED.{quoted(column)}" for column in self._update)
        return f"({unique}) DO UPDATE SET {changes}"
