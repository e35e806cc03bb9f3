"""One writer thread per process: hand-overs of many runs are committed together (group commit).

A hand-over is a callable that writes through the ORM. The whole batch is one transaction, each hand-over a savepoint
in it: a rejected one answers to its own run only. Hand-overs are idempotent, so a batch whose commit answer was lost is
replayed whole.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar, cast

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

__all__ = ["FenceLost", "InlineWriter", "Writer"]

logger = logging.getLogger(__name__)
T = TypeVar("T")
BATCH = 64  # hand-overs in one transaction
REPLAYS = 8  # of a batch whose commit failed
Item = tuple[Callable[[], Any], "Future[Any]"]


class FenceLost(Exception):  # noqa: N818 - not an error: somebody else owns the run now
    """This process no longer owns the run; whatever it holds of it must be dropped, unsent."""


class Writer:
    """`submit` returns a future that is done once the hand-over is committed (or rejected)."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Item | None] = queue.Queue()
        self._thread = threading.Thread(target=self._serve, name="writer", daemon=True)
        self._thread.start()

    def submit(self, hand_over: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()
        self._queue.put((hand_over, cast("Future[Any]", future)))
        return future

    def write(self, hand_over: Callable[[], T]) -> T:
        """Submit and wait for the commit."""
        return self.submit(hand_over).result()

    def close(self) -> None:
        """Commit what was handed over, then stop."""
        self._queue.put(None)
        self._thread.join()

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

    def submit(self, hand_over: Callable[[], T]) -> "Future[T]":
        future: Future[T] = Future()
        commit_together([(hand_over, cast("Future[Any]", future))])
        return future

    def close(self) -> None:
        """Nothing is waiting."""


def commit_together(batch: Sequence[Item]) -> None:
    """Write a batch in one transaction and answer every hand-over; replay it whole when the commit itself failed."""
    for replay in range(REPLAYS):
        try:
            answers = _write(batch)
        except (OperationalError, InterfaceError) as problem:
            logger.warning(
                "commit of %d hand-overs failed, replaying (%d): %s", len(batch), replay + 1, problem
            )
            close_old_connections()
            time.sleep(min(0.05 * 2**replay, 2.0))
            continue
        for (_, future), (value, error) in zip(batch, answers, strict=True):
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(value)
        return
    for _, future in batch:
        future.set_exception(FenceLost("The database did not accept the commit."))


def _write(batch: Sequence[Item]) -> list[tuple[Any, Exception | None]]:
    with transaction.atomic():
        return [_apply(hand_over) for hand_over, _ in batch]


def _apply(hand_over: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """One hand-over in its savepoint. A broken connection spoils the batch; anything else only its own run."""
    try:
        with transaction.atomic():
            return hand_over(), None
    except (OperationalError, InterfaceError):
        raise
    except (FenceLost, DatabaseError, ValueError, TypeError, LookupError) as error:
        return None, error
