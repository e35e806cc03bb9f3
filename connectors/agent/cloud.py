"""The other end: what the agent asks of Interlock's server, and the server as an object in memory for tests."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from connectors.agent.work import Job, JobFailure, Orders


class Unreachable(Exception):  # noqa: N818 - the network's state, not a fault
    """The server did not answer, or said that it cannot now. Try again later."""


class NotOurs(Exception):  # noqa: N818 - an answer of the server
    """The server gave this job to somebody else, or wants it no more."""


class NotAccepted(Exception):  # noqa: N818 - an answer of the server
    """The server does not accept this agent or what it said; the text says what to do."""


class NotUnderstood(NotAccepted):
    """The server cannot read this one message; saying it again does not help."""


class Cloud(Protocol):
    """The routes of the agent's protocol. Every call raises `Unreachable` or `NotAccepted`."""

    def heartbeat(self, body: Mapping[str, Any]) -> Orders: ...

    def rotate_token(self) -> str:
        """A new token; the old one stays good for a short while."""

    def claim(self, capabilities: Sequence[str], most: int, wait_s: float) -> list[Job]:
        """Leased jobs; waits up to `wait_s` for the first."""

    def extend(self, job_id: str) -> float:
        """Seconds the lease now lasts. Raises `NotOurs` when the job was cancelled or given away."""

    def chunk(self, job_id: str, body: Mapping[str, Any]) -> None:
        """Part of a read; the server knows a part by its `seq`. Raises `NotOurs`."""

    def complete(self, job_id: str, body: Mapping[str, Any]) -> None:
        """Told twice is the same as told once. Raises `NotOurs`."""

    def fail(self, job_id: str, failure: Mapping[str, Any]) -> None:
        """Raises `NotOurs`."""


@dataclass
class MemoryCloud:
    """A server in memory: jobs are put in with `ask`, and answers are read from `results` and `failures`."""

    jobs: deque[Job] = field(default_factory=deque)
    results: dict[str, Any] = field(default_factory=dict)
    failures: dict[str, JobFailure] = field(default_factory=dict)
    chunks: dict[str, dict[int, Any]] = field(default_factory=dict)
    heartbeats: list[Mapping[str, Any]] = field(default_factory=list)
    orders: Orders = field(default_factory=Orders)
    cut: bool = False
    taken_away: set[str] = field(default_factory=set)
    lease_s: float = 60

    def ask(self, job: Job) -> None:
        self.jobs.append(job)

    def heartbeat(self, body: Mapping[str, Any]) -> Orders:
        self._reach()
        self.heartbeats.append(body)
        return self.orders

    def rotate_token(self) -> str:
        self._reach()
        return "rotated"

    def claim(self, capabilities: Sequence[str], most: int, wait_s: float) -> list[Job]:
        self._reach()
        return [self.jobs.popleft() for _ in range(min(most, len(self.jobs)))]

    def extend(self, job_id: str) -> float:
        self._reach(job_id)
        return self.lease_s

    def chunk(self, job_id: str, body: Mapping[str, Any]) -> None:
        self._reach(job_id)
        self.chunks.setdefault(job_id, {})[body["seq"]] = body["rows"]

    def complete(self, job_id: str, body: Mapping[str, Any]) -> None:
        self._reach(job_id)
        self.results[job_id] = body["result"]

    def fail(self, job_id: str, failure: Mapping[str, Any]) -> None:
        self._reach(job_id)
        self.failures[job_id] = JobFailure(
            failure["class"], failure["code"], failure["message"], failure.get("retry_after")
        )

    def _reach(self, job_id: str = "") -> None:
        if self.cut:
            raise Unreachable("the network is cut")
        if job_id in self.taken_away:
            raise NotOurs(job_id)
