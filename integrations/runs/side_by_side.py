"""Threads that a run borrows to carry out several items of a loop at the same time.

The run's own thread always works too, and only waits for those that have begun: so a process whose hands are all taken goes
on with one item after the other, and loops inside loops can't wait for each other.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import cache

from django.db import close_old_connections

from integrations.engine.journey import SideBySide

__all__ = ["HANDS", "side_by_side"]

HANDS = 32
"""Threads of one process that may help its runs, all runs together."""
Around = Callable[[], AbstractContextManager[object]]


def side_by_side(helping: Around, waiting: Around) -> SideBySide:
    """The way lent to the engine. `helping` is entered by each thread that helps, `waiting` while the run's own waits for
    them."""

    def carry_out(work: Sequence[Callable[[], None]]) -> None:
        first, *others = work
        begun = [_hands().submit(_help, one, helping) for one in others]
        try:
            first()
        finally:
            begun = [future for future in begun if not future.cancel()]
            _wait(begun, waiting)
        for future in begun:
            future.result()

    return carry_out


def _wait(begun: "list[Future[None]]", waiting: Around) -> None:
    if not all(future.done() for future in begun):
        with waiting():
            wait(begun)


def _help(work: Callable[[], None], helping: Around) -> None:
    """One thread's part; its database connection is given back at the end."""
    try:
        with helping():
            work()
    finally:
        close_old_connections()


@cache
def _hands() -> ThreadPoolExecutor:
    """Made at the first use, so that a process that forks before takes no threads along."""
    return ThreadPoolExecutor(HANDS, thread_name_prefix="hand")
