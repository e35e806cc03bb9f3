"""The answer to a hand-over, which comes when it is committed: a future with nothing but what the writer needs.

Every run waits for several of these, so it is one plain lock, which the interpreter waits for without any Python code.
"""

import threading
from typing import Generic, TypeVar, cast

__all__ = ["Receipt"]

T = TypeVar("T")


class Receipt(Generic[T]):
    """Set once, by the writer; read by whoever handed something over. Every method is safe from any thread."""

    __slots__ = ("_answer", "_done", "_error", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._done = False
        self._answer: T | None = None
        self._error: BaseException | None = None

    def done(self) -> bool:
        return self._done

    def failed(self) -> bool:
        """It is done, and was rejected."""
        return self._done and self._error is not None

    def result(self) -> T:
        """Wait for the commit. Raises what the hand-over was rejected for."""
        if not self._done:
            with self._lock:  # whoever comes through lets the next one through
                pass
        if self._error is not None:
            raise self._error
        return cast("T", self._answer)

    def set_result(self, answer: T) -> None:
        self._answer = answer
        self._settle()

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._settle()

    def _settle(self) -> None:
        if not self._done:
            self._done = True
            self._lock.release()
