"""Newest-first lists of large tables: each query is served by one index, and several queries are merged where one index can't.

A planner that may choose between two indexes chooses by averages: asked for the few failed runs of a busy flow it walks along
all runs of the flow. So a list says which condition finds its rows, and the others are only checked on what was found.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cmp_to_key, partial
from typing import Any

from django.db.models import F, Max, Model, QuerySet, Value
from django.db.models.functions import NullIf

__all__ = ["LOOKED_THROUGH", "aside", "each", "merged", "newest"]

LOOKED_THROUGH = 200_000
"""Rows that a search without an index looks through, the newest."""


def aside(rows: QuerySet[Any], **conditions: Any) -> QuerySet[Any]:
    """Filter by columns that no index is to be chosen for. A list or set means any of its values."""
    for name, wanted in conditions.items():
        column = "aside_" + name.replace("__", "_")
        many = isinstance(wanted, list | tuple | set | frozenset)
        rows = rows.alias(**{column: NullIf(F(name), Value(None))})
        rows = rows.filter(**{f"{column}__in" if many else column: wanted})
    return rows


def each(rows: QuerySet[Any], **values: Iterable[Any]) -> list[QuerySet[Any]]:
    """The rows as one query for each value of a column: each(rows, environment=[1, 2])."""
    ((name, wanted),) = values.items()
    return [rows.filter(**{name: value}) for value in wanted]


def newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Only the newest rows of the table, for searches that no index serves."""
    highest = rows.model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0  # noqa: SLF001 - Django's documented API
    return rows.filter(pk__gt=highest - LOOKED_THROUGH)


def merged(branches: Sequence[QuerySet[Any]], order: Sequence[str], limit: int) -> list[Any]:
    """The first `limit` rows of all branches together, each row once, ordered like each of them: ("-last_at", "-id")."""
    if len(branches) == 1:
        return list(branches[0].order_by(*order)[:limit])
    found: dict[Any, Model] = {row.pk: row for row in _heads(branches, order, limit)}
    compare = cmp_to_key(partial(_compared, order))
    return sorted(found.values(), key=compare)[:limit]


def _heads(branches: Iterable[QuerySet[Any]], order: Sequence[str], limit: int) -> Iterator[Model]:
    for branch in branches:
        yield from branch.order_by(*order)[:limit]


def _compared(order: Sequence[str], one: Any, other: Any) -> int:
    for name in order:
        field = name.lstrip("-")
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine != theirs:
            return -1 if (mine > theirs) is name.startswith("-") else 1
    return 0
