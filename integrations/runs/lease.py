"""Which runs this process may advance, and until when: leases of 10 s on the database, watched on our monotonic clock."""

import os
import platform
import threading
import time
import uuid
from datetime import timedelta

from django.utils import timezone

from integrations.runs.models import Run
from integrations.runs.writer import FenceLost, Writer

__all__ = ["LEASE", "RENEW_EVERY", "Leases", "new_owner"]

LEASE = timedelta(seconds=10)
RENEW_EVERY = 3.0  # seconds
MARGIN = 1.0  # seconds of a lease that are not trusted any more


def new_owner() -> str:
    """A name for this start of this process: never the same twice."""
    return f"{platform.node()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


class Leases:
    """The runs this process holds. Every method is safe from any thread.

    `closing`: the slice is over; a run is handed back before its next call, so that no drain outlives the queue's limit.
    """

    def __init__(self, owner: str, writer: Writer) -> None:
        self.owner = owner
        self.closing = False
        self._writer = writer
        self._good_until: dict[int, float] = {}
        self._lock = threading.Lock()

    def hold(self, run_id: int, since: float) -> None:
        """A run was claimed in a transaction that began at `since` (monotonic)."""
        with self._lock:
            self._good_until[run_id] = since + LEASE.total_seconds()

    def drop(self, run_id: int) -> None:
        with self._lock:
            self._good_until.pop(run_id, None)

    def held(self) -> int:
        with self._lock:
            return len(self._good_until)

    def check(self, run_id: int) -> None:
        """Raise `FenceLost` unless the lease is good for a while: called right before anything is sent."""
        with self._lock:
            good_until = self._good_until.get(run_id, 0.0)
        if time.monotonic() > good_until - MARGIN:
            raise FenceLost(f"The lease of run {run_id} may have run out.")

    def renew(self) -> None:
        """Extend every lease this process holds, in one statement."""
        with self._lock:
            ids = list(self._good_until)
        if not ids:
            return
        began = time.monotonic()
        renewed = self._writer.write(lambda: self._extend(ids))
        with self._lock:
            for run_id in renewed:
                if run_id in self._good_until:
                    self._good_until[run_id] = began + LEASE.total_seconds()

    def _extend(self, ids: list[int]) -> list[int]:
        mine = Run.objects.filter(pk__in=ids, lease_owner=self.owner, state=Run.State.RUNNING)
        mine.update(lease_until=timezone.now() + LEASE)
        return list(mine.values_list("pk", flat=True))
