"""What writes of one batch have in common and nobody reads before its end: written once for all of them, in the same transaction.

Outside a batch everything is written at once.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integrations.runs.rows import Row, Table

__all__ = ["afterwards", "insert_later", "once_for_all"]

ForAll = Callable[[list[str]], None]


class _Left(threading.local):
    """What the batch that this thread writes has left for its end; None = no batch is open."""

    rows: dict[Table, list[Row]] | None = None
    calls: dict[ForAll, dict[str, None]] | None = None


_left = _Left()


@contextmanager
def afterwards() -> Iterator[None]:
    """Gather what is left for the end, and write it there. What was gathered when an exception passes is dropped."""
    outer = _left.rows, _left.calls
    rows: dict[Table, list[Row]] = {}
    calls: dict[ForAll, dict[str, None]] = {}
    _left.rows, _left.calls = rows, calls
    try:
        yield
    finally:
        _left.rows, _left.calls = outer
    for table, some in rows.items():
        table.insert(some)
    for call, words in calls.items():
        call(list(words))


def insert_later(table: Table, row: Row) -> None:
    """A row that nobody in this batch reads."""
    if _left.rows is None:
        table.insert([row])
    else:
        _left.rows.setdefault(table, []).append(row)


def once_for_all(call: ForAll, word: str) -> None:
    """Have `call` called once with all the words of this batch."""
    if _left.calls is None:
        call([word])
    else:
        _left.calls.setdefault(call, {})[word] = None
