"""Leases of jobs: how long each is ours, and the thread that extends them while they wait or run."""

import threading
import time
from collections.abc import Callable

from connectors.agent.cloud import Cloud, NotAccepted, NotOurs, Unreachable

_MARGIN = 2.0
"""Seconds before its end in which a lease no longer counts as good."""


class Leases:
    """Every job this agent holds. Counted on this machine's monotonic clock from before the claim was sent."""

    def __init__(self, cloud: Cloud, clock: Callable[[], float] = time.monotonic) -> None:
        self._cloud = cloud
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lasts: dict[str, float] = {}
        self._lock = threading.Lock()

    def hold(self, job_id: str, lease_s: float, since: float) -> None:
        with self._lock:
            self._until[job_id] = since + lease_s
            self._lasts[job_id] = lease_s

    def holds(self, job_id: str) -> bool:
        with self._lock:
            return job_id in self._until

    def drop(self, job_id: str) -> None:
        with self._lock:
            self._until.pop(job_id, None)
            self._lasts.pop(job_id, None)

    def good(self, job_id: str) -> bool:
        """Whether the job is surely still ours."""
        with self._lock:
            return self._clock() < self._until.get(job_id, 0.0) - _MARGIN

    def extend_due(self) -> None:
        """Extend what has used up half of its time; a job that was taken away is no longer good."""
        now = self._clock()
        with self._lock:
            due = [job for job, until in self._until.items() if until - now < self._lasts[job] / 2]
        for job_id in due:
            asked = self._clock()
            try:
                lasts = self._cloud.extend(job_id)
            except NotOurs:
                lasts = 0.0
            except (Unreachable, NotAccepted):
                continue
            with self._lock:
                if job_id in self._until:
                    self._until[job_id] = asked + lasts

    def keep(self, stop: threading.Event, every_s: float) -> None:
        """The thread's body."""
        while not stop.wait(every_s):
            self.extend_due()
