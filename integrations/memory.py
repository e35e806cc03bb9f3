"""Answers a process remembers for a moment, so that a question asked thousands of times a second reaches the database rarely."""

import threading
import time
from collections.abc import Callable
from functools import update_wrapper
from typing import Generic, TypeVar

__all__ = ["Remembered", "forget_everything", "remembered"]

T = TypeVar("T")
_all: list["Remembered[object]"] = []


class Remembered(Generic[T]):
    """The last answer of `ask`, for at most `seconds`."""

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._kept: tuple[float, T] | None = None
        self._lock = threading.Lock()

    def __call__(self) -> T:
        kept = self._kept
        if kept is not None and time.monotonic() - kept[0] < self._seconds:
            return kept[1]
        answer = self._ask()
        with self._lock:
            self._kept = (time.monotonic(), answer)
        return answer

    def forget(self) -> None:
        """Ask anew the next time."""
        self._kept = None


def remembered(*, seconds: float) -> Callable[[Callable[[], T]], "Remembered[T]"]:
    """Decorates a function without arguments: its answer is kept for so many seconds in this process."""

    def decorate(ask: Callable[[], T]) -> Remembered[T]:
        made = Remembered(ask, seconds)
        update_wrapper(made, ask)
        _all.append(made)  # type: ignore[arg-type]  # only forgotten through it
        return made

    return decorate


def forget_everything() -> None:
    """For tests, whose databases come and go."""
    for one in _all:
        one.forget()
