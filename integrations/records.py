"""Model instances out of plain rows: what the hot path reads with its own statements, without the ORM's building of queries.

A row holds all of a model's columns in the order of `columns`; values go through the very converters the ORM would use.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

from integrations.statements import quoted, table

__all__ = ["columns", "instance", "instances"]

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]


@lru_cache(maxsize=64)
def columns(model: type[models.Model], of: str = "") -> str:
    """The columns a statement has to give, for SELECT or RETURNING; `of` is the table's alias there."""
    prefix = of or table(model)
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented API
    return ", ".join(f"{prefix}.{quoted(str(field.column))}" for field in fields)


def instances(model: type[M], rows: Iterable[Sequence[Any]]) -> list[M]:
    """One instance for each row."""
    converters = _converters(model, connections[DEFAULT_DB_ALIAS].vendor)
    return [_made(model, list(row), converters) for row in rows]


def instance(model: type[M], values: Sequence[Any]) -> M:
    """An instance of values as Python has them, in the order of the model's fields: as if they had just been read."""
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


def _made(model: type[M], values: list[Any], converters: list[tuple[int, Convert]]) -> M:
    for place, convert in converters:
        values[place] = convert(values[place])
    return model.from_db(DEFAULT_DB_ALIAS, _names(model), values)


@lru_cache(maxsize=64)
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented API


@lru_cache(maxsize=64)
def _converters(model: type[models.Model], vendor: str) -> list[tuple[int, Convert]]:
    """What makes Python's values of the database's, by place."""
    own = connections[DEFAULT_DB_ALIAS]
    found: list[tuple[int, Convert]] = []
    for place, field in enumerate(model._meta.concrete_fields):  # noqa: SLF001 - as above
        column: Any = field.get_col(model._meta.db_table)  # noqa: SLF001 - as above
        for convert in (*own.ops.get_db_converters(column), *column.get_db_converters(own)):
            found.append((place, _bound(convert, column)))
    return found


def _bound(convert: Callable[[Any, Any, Any], Any], column: Any) -> Convert:
    return lambda value: convert(value, column, connections[DEFAULT_DB_ALIAS])
