"""One lane for each dataset and Sage user: a single thread that logs in, does what is queued, and logs off."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from connectors.agent.delivery import Backoff
from connectors.agent.driver import Driver, Session
from connectors.agent.journal import Journal
from connectors.agent.lease import Leases
from connectors.agent.reading import get_one, list_chunks
from connectors.agent.refusals import SageRefusal, Unsupported
from connectors.agent.work import WRITES, Job, JobFailure
from connectors.agent.writing import LeaseLost, OnceWriter, Refused

log = logging.getLogger(__name__)

_BATCH = 50
"""Jobs done in one log-in at most, so that a Sage user is not held for long."""


@dataclass(frozen=True)
class Desk:
    """What all lanes share."""

    journal: Journal
    leases: Leases
    told: Callable[[], None]
    """Called after an answer was put into the outbox."""


class Lane:
    """`busy_since` is the monotonic time at which the call now running began, or 0."""

    def __init__(self, driver: Driver, desk: Desk) -> None:
        self.driver = driver
        self._desk = desk
        self._queue: queue.Queue[Job] = queue.Queue()
        self._backoff = Backoff(first_s=5, most_s=600)
        self.busy_since = 0.0
        self.last_error = ""

    def put(self, job: Job) -> None:
        self._queue.put(job)

    def depth(self) -> int:
        return self._queue.qsize() + bool(self.busy_since)

    def run(self, stop: threading.Event) -> None:
        """The thread's body: the outermost frame, so nothing that a job does can end the lane."""
        while not stop.is_set():
            batch = self._batch()
            if not batch:
                continue
            unanswered = list(batch)
            try:
                self._work(unanswered, stop)
            except Exception:
                log.exception("the lane goes on after an error")
                for job in unanswered:
                    self._fail(job, _own_error(asked=job is unanswered[0] and job.op in WRITES))
            finally:
                self.busy_since = 0.0
                for job in batch:
                    self._desk.leases.drop(job.job_id)

    def _batch(self) -> list[Job]:
        batch: list[Job] = []
        with suppress(queue.Empty):
            batch.append(self._queue.get(timeout=0.2))
            while len(batch) < _BATCH:
                batch.append(self._queue.get_nowait())
        return batch

    def _work(self, waiting: list[Job], stop: threading.Event) -> None:
        """A job leaves `waiting` once it is answered."""
        self.busy_since = time.monotonic()
        try:
            with self.driver.session() as session:
                self._backoff.worked()
                while waiting and not stop.is_set():
                    self.busy_since = time.monotonic()
                    self._do(waiting[0], session)
                    del waiting[0]
        except SageRefusal as refusal:
            self.last_error = refusal.sentence
            for job in waiting:
                self._fail(job, self._failure(refusal))

    def _do(self, job: Job, session: Session) -> None:
        if not self._desk.leases.good(job.job_id):
            return
        try:
            result = self._result(job, session)
        except SageRefusal as refusal:
            self.last_error = refusal.sentence
            self._fail(job, self._failure(refusal))
        except Unsupported as answer:
            self._fail(job, JobFailure("unsupported", "unsupported", str(answer)))
        except Refused as refusal:
            self._fail(job, JobFailure("data", refusal.code, str(refusal)))
        except LeaseLost:
            log.info("job %s: the lease ran out before Sage was asked", job.job_id)
        else:
            self.last_error = ""
            self._tell(job, "complete", {"result": result})

    def _result(self, job: Job, session: Session) -> Any:
        if job.op in WRITES:
            writer = OnceWriter(self._desk.journal, session)
            return writer.write(job, lambda: self._desk.leases.good(job.job_id))
        if job.op == "status":
            return asdict(self.driver.condition())
        if job.op.startswith("get_"):
            return get_one(session, job.op, job.params)
        rows = chunks = 0
        for chunk in list_chunks(session, job.op, job.params):
            self._tell(job, "chunk", chunk)
            rows, chunks = rows + len(chunk["rows"]), chunks + 1
        return {"rows": rows, "chunks": chunks}

    def _failure(self, refusal: SageRefusal) -> JobFailure:
        wait = self._backoff.next_s() if refusal.kind == "transient" else None
        return JobFailure(refusal.kind, f"sdo_{refusal.code}", refusal.sentence, wait)

    def _fail(self, job: Job, failure: JobFailure) -> None:
        self._tell(job, "fail", failure.as_body())

    def _tell(self, job: Job, kind: str, body: dict[str, Any]) -> None:
        self._desk.journal.post(job.job_id, kind, body)
        self._desk.told()


def _own_error(*, asked: bool) -> JobFailure:
    """`asked` = a write may have reached Sage; the rest of its batch was not begun."""
    sentence = "The agent met an error of its own. See its log."
    return JobFailure("unknown" if asked else "transient", "agent_error", sentence)
