"""One writer thread per process: hand-overs of many runs are committed together (group commit).

A batch is one transaction. Written together it takes few statements; when one hand-over spoils it, each gets a savepoint of its
own, so that a rejected one answers to its own run only. Hand-overs are idempotent, so a batch whose commit answer was lost is
replayed whole.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from integrations.database import forget_broken
from integrations.runs.hand_over import Answer, FenceLost, HandOver, Work, together
from integrations.runs.receipt import Receipt

__all__ = ["FenceLost", "InlineWriter", "Writer"]

logger = logging.getLogger(__name__)
T = TypeVar("T")
BATCH = 64  # hand-overs in one transaction
REPLAYS = 8  # of a batch whose commit failed
BROKEN = (OperationalError, InterfaceError)
"""The connection or the database is at fault: the batch is replayed."""
REJECTED = (FenceLost, DatabaseError, ValueError, TypeError, LookupError)
"""A hand-over itself is at fault: it alone is refused."""
Item = tuple[Work, Receipt[Any]]


class Writer:
    """`submit` returns a receipt that is done once the hand-over is committed (or rejected)."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], T]) -> Receipt[T]:
        """Have a function that writes through the ORM committed with what else there is."""
        return self._put(work)

    def hand_over(self, work: HandOver) -> Receipt[Any]:
        """Have a run's journal rows and writes committed with what else there is."""
        return self._put(work)

    def write(self, work: Callable[[], T]) -> T:
        """Submit and wait for the commit."""
        return self.submit(work).result()

    def close(self) -> None:
        """Commit what was handed over, then stop."""
        self._queue.put(None)
        self._thread.join()

    def _put(self, work: Work) -> Receipt[Any]:
        receipt: Receipt[Any] = Receipt()
        self._queue.put((work, receipt))
        return receipt

    def _serve(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                commit_together(batch)
        finally:
            connection.close()

    def _next_batch(self) -> list[Item] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < BATCH:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._queue.put(None)
                break
            batch.append(item)
        return batch


class InlineWriter(Writer):
    """The same contract in the caller's thread, for tests and one-off work."""

    def __init__(self) -> None:
        """No thread, no queue."""

    def _put(self, work: Work) -> Receipt[Any]:
        receipt: Receipt[Any] = Receipt()
        commit_together([(work, receipt)])
        return receipt

    def close(self) -> None:
        """Nothing is waiting."""


def commit_together(batch: Sequence[Item]) -> None:
    """Write a batch in one transaction and answer every hand-over; replay it whole when the commit itself failed."""
    works = [work for work, _ in batch]
    for replay in range(REPLAYS):
        try:
            answers = _write(works)
        except BROKEN as problem:
            logger.warning(
                "commit of %d hand-overs failed, replaying (%d): %s", len(batch), replay + 1, problem
            )
            forget_broken()
            time.sleep(min(0.05 * 2**replay, 2.0))
            continue
        for (_, receipt), (value, error) in zip(batch, answers, strict=True):
            if error is not None:
                receipt.set_exception(error)
            else:
                receipt.set_result(value)
        return
    for _, receipt in batch:
        receipt.set_exception(FenceLost("The database did not accept the commit."))


def _write(works: Sequence[Work]) -> list[Answer]:
    """All at once; and each in its own savepoint when one of them spoiled it for the others."""
    try:
        with transaction.atomic():
            return together(works)
    except BROKEN:
        raise
    except REJECTED as spoiled:
        if len(works) == 1:
            return [(None, cast("Exception", spoiled))]
    with transaction.atomic():
        return [_alone(work) for work in works]


def _alone(work: Work) -> Answer:
    """One hand-over in its savepoint. A broken connection spoils the batch; anything else only its own run."""
    try:
        with transaction.atomic():
            return together([work])[0]
    except BROKEN:
        raise
    except REJECTED as error:
        return None, error
