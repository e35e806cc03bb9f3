"""SQLite for several writing processes: whoever wants to write queues at a lock file and is woken when it is free.

SQLite itself makes those who find the database locked sleep, longer and longer, up to 100 ms: a webhook then waits for many commits
of the worker. The operating system's file lock wakes the next one at once. It only orders our transactions; what keeps the data
whole is SQLite's own lock, as ever.
"""

import contextlib
import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base

__all__ = ["DatabaseWrapper"]


class DatabaseWrapper(base.DatabaseWrapper):
    """Each connection has its own descriptor of the lock file `<database>-turn`."""

    _turn: int | None = None
    _opened_by = 0

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave Django's backend hooks out
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # the stubs leave Django's backend hooks out
        finally:
            self._give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave Django's backend hooks out
        finally:
            self._give_turn()

    def _close(self) -> None:
        super()._close()  # type: ignore[misc]  # the stubs leave Django's backend hooks out
        if self._turn is not None and self._opened_by == os.getpid():
            os.close(self._turn)
        self._turn = None

    def _take_turn(self) -> None:
        path = self._lock_file()
        if path is None:
            return
        if self._turn is None or self._opened_by != os.getpid():
            self._turn = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        fcntl.flock(self._turn, fcntl.LOCK_EX)

    def _give_turn(self) -> None:
        if self._turn is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _lock_file(self) -> str | None:
        """Beside the database; None for one in memory, which has no other writers."""
        settings: dict[str, Any] = self.settings_dict
        name = str(settings["NAME"])
        return None if ":memory:" in name or "mode=memory" in name else f"{name}-turn"
