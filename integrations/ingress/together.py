"""Commits what several threads have to store in one transaction: whoever comes while another one commits goes with the next.

Alone, a thread commits at once and pays nothing for it. Under load a commit, which waits for the disk and for other processes'
writes, is shared by all that came meanwhile.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import DatabaseError, transaction

__all__ = ["Together"]

T = TypeVar("T")
MOST = 32  # pieces of work in one transaction
OWN_FAULT = (DatabaseError, ValueError, TypeError, LookupError)
"""What spoils a shared transaction; then everybody's work is done by itself, and whose fault it is meets it again."""


class _Piece:
    """One thread's work, and what came of it once it is stored."""

    __slots__ = ("met", "stored", "value", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.met = self.stored = False
        self.value: Any = None


class Together:
    """`run` is called by many threads. Work may be done twice (the first time was rolled back), so it must not keep anything."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._list = threading.Lock()
        self._waiting: list[_Piece] = []

    def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, once it is committed. Raises what `work` or the commit raises."""
        piece = _Piece(work)
        with self._list:
            self._waiting.append(piece)
        with self._turn:
            if not piece.met:
                self._store_waiting()
            if piece.stored:
                return cast("T", piece.value)
            with transaction.atomic():
                return work()

    def _store_waiting(self) -> None:
        """Store what waits, unless it is one piece only: its own thread does that."""
        with self._list:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        for piece in batch:
            piece.met = True
        if len(batch) == 1:
            return
        try:
            with transaction.atomic():
                for piece in batch:
                    piece.value = piece.work()
        except OWN_FAULT:
            return
        for piece in batch:
            piece.stored = True
