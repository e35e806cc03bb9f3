"""The agent at work: claims jobs, hands each to its dataset's lane, extends leases, tells answers, says how Sage is."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.agent import VERSION
from connectors.agent.cloud import Cloud, NotAccepted, NotUnderstood, Unreachable
from connectors.agent.delivery import Backoff, Delivery
from connectors.agent.driver import Driver
from connectors.agent.journal import Journal
from connectors.agent.lane import Desk, Lane
from connectors.agent.lease import Leases
from connectors.agent.work import CAPABILITIES, Job, JobFailure, heartbeat_body, older

log = logging.getLogger(__name__)

HUNG_EXIT = 75
"""The exit code after a hung call: the service manager starts the agent again, and the journal knows what was sent."""


@dataclass(frozen=True)
class Pace:
    """Seconds between things, and how much is taken at once."""

    claim_wait_s: float = 25
    heartbeat_s: float = 30
    lease_check_s: float = 1
    hung_after_s: float = 120
    retry_first_s: float = 1
    retry_most_s: float = 60
    most_jobs: int = 20


def end_process(lane: str) -> None:
    """A call that hangs inside Sage cannot be taken back, only left behind with the process that made it."""
    log.critical("a call to Sage hangs on %s; the agent ends so that it can start afresh", lane)
    os._exit(HUNG_EXIT)


class Agent:
    """Works until `stop` is set. `save_token` keeps a rotated token; `on_hang` gets the connection id of a hung lane."""

    def __init__(
        self,
        cloud: Cloud,
        journal: Journal,
        drivers: Mapping[str, Driver],
        pace: Pace = Pace(),
        *,
        save_token: Callable[[str], None] = lambda _: None,
        on_hang: Callable[[str], None] = end_process,
    ) -> None:
        self._cloud = cloud
        self._journal = journal
        self._pace = pace
        self._save_token = save_token
        self._on_hang = on_hang
        self._leases = Leases(cloud)
        self._delivery = Delivery(cloud, journal, Backoff(pace.retry_first_s, pace.retry_most_s))
        desk = Desk(journal, self._leases, self._delivery.wake.set)
        self._lanes = {connection: Lane(driver, desk) for connection, driver in drivers.items()}
        self._paused = False
        self._min_version = ""
        self._refusal: NotAccepted | None = None

    def run(self, stop: threading.Event) -> None:
        """Raises `NotAccepted` when the server no longer accepts this agent."""
        bodies: list[tuple[Callable[..., None], tuple[object, ...]]] = [
            (self._delivery.run, (stop,)),
            (self._leases.keep, (stop, self._pace.lease_check_s)),
            (self._heartbeats, (stop,)),
            (self._watch, (stop,)),
            *((lane.run, (stop,)) for lane in self._lanes.values()),
        ]
        threads = [threading.Thread(target=body, args=args, daemon=True) for body, args in bodies]
        for thread in threads:
            thread.start()
        try:
            self._claims(stop)
        finally:
            stop.set()
            self._delivery.wake.set()
            for thread in threads:
                thread.join(timeout=10)

    def beat(self) -> None:
        """One heartbeat, and what the server answers to it."""
        conditions = {connection: lane.driver.condition() for connection, lane in self._lanes.items()}
        error = next((lane.last_error for lane in self._lanes.values() if lane.last_error), "")
        clock = datetime.now(UTC).isoformat()
        orders = self._cloud.heartbeat(heartbeat_body(VERSION, conditions, error, self._depth(), clock))
        self._min_version = orders.min_version
        for command in orders.commands:
            self._obey(command)

    def take(self, job: Job, since: float) -> None:
        """Give a claimed job to its lane, or answer at once why not."""
        if self._leases.holds(job.job_id) or self._journal.waiting(job.job_id):
            return
        sentence = self._why_not(job)
        if sentence:
            failure = JobFailure("unsupported", "unsupported", sentence)
            self._journal.post(job.job_id, "fail", failure.as_body())
            self._delivery.wake.set()
            return
        self._leases.hold(job.job_id, job.lease_s, since)
        self._lanes[job.connection_id].put(job)

    def _why_not(self, job: Job) -> str:
        for wanted in (job.min_version, self._min_version):
            if older(VERSION, wanted):
                return f"The agent is version {VERSION} and this needs {wanted}. Upgrade the agent."
        if job.op not in CAPABILITIES:
            return f"The agent does not know the operation “{job.op}”. Upgrade it, or use another operation."
        if job.connection_id not in self._lanes:
            return "The agent has no company for this connection. Enrol the company on the Sage computer."
        return ""

    def _claims(self, stop: threading.Event) -> None:
        backoff = Backoff(self._pace.retry_first_s, self._pace.retry_most_s)
        while not stop.is_set():
            if self._refusal:
                raise self._refusal
            room = self._pace.most_jobs - self._depth()
            if self._paused or room <= 0:
                stop.wait(0.2)
                continue
            since = time.monotonic()
            try:
                jobs = self._cloud.claim(CAPABILITIES, room, self._pace.claim_wait_s)
            except (Unreachable, NotUnderstood) as problem:
                log.warning("%s", problem)
                stop.wait(backoff.next_s())
                continue
            backoff.worked()
            for job in jobs:
                self.take(job, since)
            if not jobs and time.monotonic() - since < 1:
                # A server that does not wait is not asked in a circle.
                stop.wait(min(1.0, self._pace.retry_first_s))

    def _heartbeats(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.beat()
            except (Unreachable, NotUnderstood) as problem:
                log.info("heartbeat: %s", problem)
            except NotAccepted as refusal:
                self._refusal = refusal
                return
            stop.wait(self._pace.heartbeat_s)

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(min(1.0, self._pace.hung_after_s / 4)):
            for connection, lane in self._lanes.items():
                since = lane.busy_since
                if since and time.monotonic() - since > self._pace.hung_after_s:
                    self._on_hang(connection)

    def _obey(self, command: str) -> None:
        if command in {"pause", "resume"}:
            self._paused = command == "pause"
        elif command == "rotate":
            self._save_token(self._cloud.rotate_token())
        elif command == "upgrade":
            log.warning("the server asks for a newer agent; install it on this computer")

    def _depth(self) -> int:
        return sum(lane.depth() for lane in self._lanes.values())
