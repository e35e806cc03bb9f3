"""How much work the database does for something, in units that don't depend on the machine: SQLite's virtual instructions,
PostgreSQL's pages of 8 KB looked at (by EXPLAIN ANALYZE of each statement)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

__all__ = ["SLACK", "Work", "measured", "undone"]

SLACK = {"sqlite": 30_000, "postgresql": 250}
"""What a question may cost more on a long history, however little it costs on a short one: deeper trees, and luck."""
_GRAIN = 100  # virtual instructions counted at once
_EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Work:
    """`units` in all; `heaviest` are the statements that took most, where that is known."""

    units: int = 0
    statements: list[tuple[int, str]] = field(default_factory=list)

    def heaviest(self) -> str:
        ordered = sorted(self.statements, reverse=True)[:3]
        return "\n".join(f"  {units:>8} {_short(sql)}" for units, sql in ordered)


@contextmanager
def measured() -> Iterator[Work]:
    """Measure what is done inside, and undo it."""
    work = Work()
    with undone(), _counting(work):
        yield work


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside isn't."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _counting(work: Work) -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.execute_wrapper(_explaining(work)):
            yield
        return
    handle = connection.connection

    def tick() -> int:
        work.units += _GRAIN
        return 0

    handle.set_progress_handler(tick, _GRAIN)
    try:
        with connection.execute_wrapper(_noting(work)):
            yield
    finally:
        handle.set_progress_handler(None, 0)


def _noting(work: Work) -> Callable[..., Any]:
    """On SQLite a statement's rows are read as they are fetched; what it takes until the next one is counted as its own."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        before = work.units
        try:
            return execute(sql, params, many, context)
        finally:
            work.statements.append((work.units - before, f"{sql} {params}"))

    return note


def _explaining(work: Work) -> Callable[..., Any]:
    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's signature
        if not many and sql.lstrip().upper().startswith(_EXPLAINED):
            units = _pages(sql, params)
            work.units += units
            work.statements.append((units, f"{sql} {params}"))
        return execute(sql, params, many, context)

    return explain


def _pages(sql: str, params: Any) -> int:
    with connection.connection.cursor() as cursor:
        cursor.execute("SAVEPOINT explained")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
        cursor.execute("ROLLBACK TO SAVEPOINT explained")
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _short(sql: str) -> str:
    """Without the list of columns."""
    head, found, rest = sql.partition(" FROM ")
    return f"{head[:60]} … FROM {rest[:700]}" if found and len(head) > 100 else sql[:800]
