"""What is done beside carrying runs: chores by the dispatcher (its own database only), errands by resident drains.

One line per piece of work. A chore never calls a far system, so that the sweep never hangs; an errand may, within one call's
deadline. Both are safe to run twice at the same time, and do a little each time they are asked.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from integrations.approvals.asking import withdraw_ended
from integrations.dedupe.seen import forget_expired
from integrations.effects.reaper import settle_due
from integrations.effects.undo import undo_due
from integrations.failures.snooze import open_those_over
from integrations.ingress.registration import announce_due
from integrations.limits.calling import forget_reservations, wake_who_waits
from integrations.polling.errand import poll_due
from integrations.retention.partitions import look_after_partitions
from integrations.retention.sweep import SWEEPER
from integrations.retention.tidy import tidy
from integrations.runs.age import give_up_aged
from integrations.runs.writer import Writer
from integrations.schedules.fire import fire_due
from integrations.tasks.sweepers import say_swept

__all__ = ["CHORES", "ERRANDS", "Chore", "Chores", "run_errands"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """`work` is done at least `every` seconds apart in one dispatcher; it may be done by several dispatchers at once."""

    name: str
    every: float
    work: Callable[[], object]


CHORES: tuple[Chore, ...] = (
    Chore("start what is due by schedule", 1, fire_due),
    Chore("say that this dispatcher sweeps", 10, say_swept),
    Chore("open snoozed failures", 2, lambda: open_those_over(timezone.now())),
    Chore("forget keys whose window is over", 60, lambda: forget_expired(timezone.now())),
    Chore("give up runs that are too old", 60, give_up_aged),
    Chore("withdraw questions of ended runs", 60, withdraw_ended),
    Chore("remove what is past its time", 1, SWEEPER.sweep),
    Chore("forget what has grown old beside runs", 60, tidy),
    Chore("have partitions ready", 600, look_after_partitions),
    Chore(
        "forget calls granted to runs that never came for them",
        600,
        lambda: forget_reservations(timezone.now()),
    ),
)

ERRANDS: tuple[Callable[[Writer, str], object], ...] = (
    lambda writer, _owner: wake_who_waits(writer),
    lambda writer, _owner: settle_due(writer),
    lambda writer, _owner: undo_due(writer),
    lambda _writer, _owner: announce_due(),
    lambda _writer, owner: poll_due(owner),
)
"""Each gets the process's writer and the name of the drain that does it."""


class Chores:
    """Does each chore when it is time; one that fails is logged and done again the next time."""

    def __init__(self, chores: Sequence[Chore] = CHORES) -> None:
        self._chores = chores
        self._done: dict[str, float] = {}

    def do_due(self) -> None:
        for chore in self._chores:
            now = time.monotonic()
            if now - self._done.get(chore.name, float("-inf")) < chore.every:
                continue
            self._done[chore.name] = now
            try:
                chore.work()
            except DatabaseError:
                logger.exception("the chore “%s” met a database error; it is done again later", chore.name)


def run_errands(writer: Writer, owner: str) -> bool:
    """Each errand once, a little of each, by the drain `owner`. True = there was something to do, so there may be more."""
    done = [errand(writer, owner) for errand in ERRANDS]
    return any(done)
