"""How many calls of one connection a process makes at once, so that a far system that hangs leaves the others their threads."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

__all__ = ["Places"]

WOKEN_BY_ONE = 2
"""Runs that one ended call wakes at most: those who waited come back in growing numbers, not all at once."""
PARKED_WITHIN = 5.0
"""Seconds in which a run that was put off has been parked for sure: until then nobody to wake doesn't mean nobody waits."""


class Places:
    """Calls under way and runs that were put off, by connection. Safe from any thread."""

    def __init__(self) -> None:
        self._busy: dict[int, int] = defaultdict(int)
        self._waiting: dict[int, int] = {}
        self._put_off_at: dict[int, float] = {}
        self._most: dict[int, int] = {}
        self._lock = threading.Lock()

    def take(self, connection_id: int, most: int) -> bool:
        """Take one of `most` places, without waiting."""
        with self._lock:
            self._most[connection_id] = most
            if self._busy[connection_id] >= most:
                return False
            self._busy[connection_id] += 1
            return True

    def put_off(self, connection_id: int, count: int = 1) -> int:
        """A run (or `count` of them) waits for this connection; how many waited before it."""
        with self._lock:
            before = self._waiting.get(connection_id, 0)
            self._waiting[connection_id] = before + count
            self._put_off_at[connection_id] = time.monotonic()
            return before

    def leave(self, connection_id: int) -> None:
        """A call has ended."""
        with self._lock:
            self._busy[connection_id] = max(self._busy[connection_id] - 1, 0)

    def may_come(self, connection_id: int) -> int:
        """How many of those who wait may come back now; they don't count as waiting any more."""
        if not self._waiting:
            return 0
        with self._lock:
            waiting = self._waiting.get(connection_id, 0)
            free = self._most.get(connection_id, 1) - self._busy[connection_id]
            count = max(min(waiting, free, WOKEN_BY_ONE), 0)
            if count:
                self._waiting[connection_id] = waiting - count
            return count

    def with_room(self, unless: Callable[[int], bool]) -> dict[int, int]:
        """Connections that were called from here and have free places now, and how many."""
        with self._lock:
            free = {one: most - self._busy[one] for one, most in self._most.items()}
        return {one: count for one, count in free.items() if count > 0 and not unless(one)}

    def nobody_came(self, connection_id: int, missing: int) -> None:
        """Fewer were parked than were put off: they went on by themselves, or are being parked this very moment."""
        with self._lock:
            if time.monotonic() - self._put_off_at.get(connection_id, 0.0) < PARKED_WITHIN:
                self._waiting[connection_id] = self._waiting.get(connection_id, 0) + missing
            else:
                self._waiting.pop(connection_id, None)
