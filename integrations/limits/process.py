"""What one process keeps of limits in memory: blocks of calls, calls made lately, calls under way, and the last outcomes."""

import os
import threading
from collections import deque

from integrations.limits.breaker import token
from integrations.limits.buckets import Buckets
from integrations.limits.learn import Observed
from integrations.limits.places import Places
from integrations.runs.models import Run

__all__ = ["PROCESS", "Outcomes", "Process"]

LAST = 20
TOO_MANY = 0.5
"""Part of the last calls that failed, from which a far system counts as not answering though some calls get through."""


class Outcomes:
    """The last calls of each connection: answered or not. Safe from any thread."""

    def __init__(self) -> None:
        self._last: dict[int, deque[bool]] = {}
        self._lock = threading.Lock()

    def note(self, connection_id: int, *, failed: bool) -> bool:
        """True = too many of the last calls have failed; counting then begins anew."""
        last = self._last.get(connection_id)
        if last is None:
            if not failed:
                return False
            with self._lock:
                last = self._last.setdefault(connection_id, deque(maxlen=LAST))
        last.append(failed)
        if not failed or len(last) < LAST or sum(last) < LAST * TOO_MANY:
            return False
        last.clear()
        return True


class Process:
    """All of it; one per process."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Forget everything: in a forked child, and between tests."""
        self.buckets = Buckets()
        self.observed = Observed()
        self.places = Places()
        self.outcomes = Outcomes()

    def expect_waiting(self, connection_id: int) -> None:
        """A breaker was closed: its runs wait, wherever they were put off."""
        worded = Run.objects.exclude(waits_for="")  # as the partial index says it
        waiting = worded.filter(state=Run.State.PARKED, waits_for=token(connection_id)).count()
        if waiting:
            self.places.put_off(connection_id, waiting)


PROCESS = Process()
os.register_at_fork(after_in_child=PROCESS.start_anew)
