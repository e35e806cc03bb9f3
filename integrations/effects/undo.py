"""Carries out what people asked to be undone: an errand of the drains, without a run (docs/decisions/0009-undoing.md)."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from connectors.sdk import errors, registry
from connectors.sdk.operation import Call, Write
from connectors.sdk.wire import Json
from integrations.effects import content, undoing
from integrations.effects.models import Effect, Undoing
from integrations.effects.step import Origin, WriteRequest
from integrations.effects.write import Writing
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import EffectInFlight
from integrations.limits.calling import limited_call
from integrations.runs.writer import FenceLost, Writer
from integrations.vault import connections
from integrations.vault.models import Connection

__all__ = ["call_on", "undo_due"]

logger = logging.getLogger(__name__)
T = TypeVar("T")
AT_ONCE = 2
LEASE = timedelta(seconds=120)
LONGEST_WAIT = 3600.0  # seconds between two attempts
IN_FLIGHT = 5.0  # seconds until a write somebody else is settling is looked at again


def undo_due(writer: Writer) -> int:
    """Carry out what is due, a little of it. Returns how many were taken in hand."""
    due = Undoing.objects.filter(state=Undoing.State.ASKED, due_at__lte=timezone.now()).order_by("due_at")
    taken = [mine for asked in due[:AT_ONCE] if (mine := writer.write(partial(_take, asked))) is not None]
    for asked in taken:
        _carry_out(asked, writer)
    return len(taken)


def call_on(connection: Connection, budget: float) -> Call:
    """A call on the connection outside of any run; it may take `budget` seconds in all."""
    account = connections.fresh_account(connection)
    return limited_call(connection, account, budget=budget)


class OwnJournal:
    """Where an undoing leaves its traces. Every commit checks that it is still ours to carry out."""

    def __init__(self, asked: Undoing, writer: Writer) -> None:
        self._asked = asked
        self._writer = writer
        self._extras: list[Callable[[], Any]] = []

    def met(self, path: str, effect_id: int) -> None:
        """The undoing is found by its effect's key; there is no step to note it at."""

    def made(self, amount: Mapping[str, str] | None) -> None:
        """No run's worth depends on it."""

    def ride_along(self, write: Callable[[], Any]) -> None:
        self._extras.append(write)

    def commit(self, write: Callable[[], T]) -> T:
        extras, self._extras = self._extras, []

        def together() -> T:
            ours = Undoing.objects.filter(pk=self._asked.pk, fence=self._asked.fence)
            if not ours.update(due_at=timezone.now() + LEASE):
                raise FenceLost(f"Undoing {self._asked.pk} belongs to somebody else now.")
            for extra in extras:
                extra()
            return write()

        return self._writer.write(together)


def _take(asked: Undoing) -> Undoing | None:
    """Become the one who carries it out. None = somebody else was quicker."""
    free = Undoing.objects.filter(pk=asked.pk, fence=asked.fence, state=Undoing.State.ASKED)
    if not free.update(fence=F("fence") + 1, due_at=timezone.now() + LEASE):
        return None
    return Undoing.objects.select_related("effect__connection__environment").get(pk=asked.pk)


def _carry_out(asked: Undoing, writer: Writer) -> None:
    journal = OwnJournal(asked, writer)
    try:
        try:
            _write(asked, journal)
        finally:
            journal.commit(lambda: None)
        if asked.reissue:
            return
    except FenceLost as lost:
        logger.info("undoing %s dropped: %s", asked.pk, lost)
    except EffectInFlight:
        _later(journal, asked, "It is being written.", IN_FLIGHT)
    except (errors.Transient, errors.RateLimited) as soon:
        wait = max(soon.retry_after or 0.0, min(2.0**asked.fence, LONGEST_WAIT))
        _later(journal, asked, soon.sentence, wait)
    except errors.Failure as failure:
        _hold(journal, asked, failure)


def _write(asked: Undoing, journal: OwnJournal) -> Json:
    effect, connection = asked.effect, asked.effect.connection
    operation = registry.operation(effect.operation)
    if connection is None or not isinstance(operation, Write):
        raise errors.Config("The connection it was made with is gone.", code="connection_gone")
    call = call_on(connection, settings.CALL_DEADLINE)
    about = content.about_of(effect)
    wanted = WriteRequest(
        run=None,
        path=f"undo:{effect.pk}",
        attempt=asked.fence,
        connection=connection,
        operation_id=effect.operation,
        operation=operation,
        data={},
        spec=EffectSpec(identity=(), source=about.id),
        origin=_origin(effect, connection, about.record),
    )
    undo = undoing.Undo(asked, effect, connection, call, journal)
    return undoing.carry_out(undo, wanted, lambda write: Writing(write, call, journal).perform())


def _origin(effect: Effect, connection: Connection, record: str) -> Origin:
    return Origin(
        run_id=None,
        run_number=effect.run_number,
        environment_id=connection.environment_id,
        flow_key=effect.flow_key,
        record=record,
    )


def _later(journal: OwnJournal, asked: Undoing, note: str, seconds: float) -> None:
    due_at = timezone.now() + timedelta(seconds=seconds)
    journal.commit(lambda: Undoing.objects.filter(pk=asked.pk).update(due_at=due_at, note=note[:500]))


def _hold(journal: OwnJournal, asked: Undoing, failure: errors.Failure) -> None:
    """It takes a person: they read why, put it right, and ask again."""
    logger.warning("undoing %s waits for a person: %s", asked.pk, failure.sentence)
    journal.commit(
        lambda: Undoing.objects.filter(pk=asked.pk).update(
            state=Undoing.State.HELD, due_at=None, note=failure.sentence[:500]
        )
    )
