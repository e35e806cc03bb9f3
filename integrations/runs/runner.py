"""Puts plan, journal and context together, advances a claimed run, and writes how its turn ended."""

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.effects.models import Effect
from integrations.engine.executor import Given, advance
from integrations.engine.outcome import Finished, Parked, Turn
from integrations.failures.capture import capture, close_occurrences
from integrations.payloads import codec
from integrations.releases.models import Variable
from integrations.releases.plans import plan_of
from integrations.runs import killpoints
from integrations.runs.calls import Calls, HandedBack
from integrations.runs.context import RunContext
from integrations.runs.journal import RunJournal
from integrations.runs.lease import Leases
from integrations.runs.models import Run
from integrations.runs.worth import worth
from integrations.runs.writer import FenceLost, Writer
from integrations.tasks.doorbell import ring

__all__ = ["Runner"]

logger = logging.getLogger(__name__)
EFFECT_WAIT = timedelta(seconds=30)  # the longest a run sleeps on another run's effect before it looks again


class Bug(Failure):
    """Something in Interlock itself went wrong. The run parks; the details are for operators."""

    kind = "bug"


@dataclass(frozen=True, slots=True)
class Runner:
    """Advances claimed runs with this process's writer and leases."""

    writer: Writer
    leases: Leases

    def advance(self, run: Run) -> None:
        """Carry one claimed run as far as it goes. The outermost frame of a run: nothing escapes it."""
        journal = RunJournal(run, self.writer)
        try:
            turn, event = self._turn(run, journal)
            money = worth(run, plan_of(run.release_id), journal.outputs(), event)
            journal.commit(lambda: end(run, turn, money))
        except FenceLost as lost:
            logger.info("run %s dropped: %s", run.pk, lost)
        except HandedBack:
            self._hand_back(run, journal)
        except Exception as bug:
            logger.exception("run %s met a bug", run.pk)
            self._park_bug(run, journal, bug)
        finally:
            self.leases.drop(run.pk)
            close_old_connections()

    def _turn(self, run: Run, journal: RunJournal) -> tuple[Turn, Json]:
        event = event_data(run)
        calls = Calls(run, journal, self.leases)
        given = Given(
            event=event,
            catalog=CATALOG,
            variables=_variables(run.environment_id),
            chance=random.random,
        )
        turn = advance(plan_of(run.release_id), journal, RunContext(run, calls), given)
        killpoints.passing("end", "before")
        return turn, event

    def _park_bug(self, run: Run, journal: RunJournal, bug: BaseException) -> None:
        failure = Bug(
            "Interlock met an error of its own. Nothing was lost; the run waits here. Please report it with the details below.",
            code=type(bug).__name__,
            detail=traceback.format_exc(limit=-8),
        )
        parked = Parked(reason="person", path="", node="", attempt=1, failure=failure)
        try:
            journal.commit(lambda: park(run, parked, {}))
        except FenceLost:
            logger.info("run %s dropped after a bug", run.pk)
        except Exception:
            logger.exception("what run %s had gathered could not be written; only its parking is", run.pk)
            self._commit_alone(run, journal.seq, lambda: park(run, parked, {}))

    def _hand_back(self, run: Run, journal: RunJournal) -> None:
        """The slice is over: keep what is done, and let another drain go on at the next step."""
        try:
            journal.commit(lambda: queue_again(run))
        except FenceLost:
            logger.info("run %s was taken while it was handed back", run.pk)
        else:
            ring()

    def _commit_alone(self, run: Run, seq: int, write: Callable[[], None]) -> None:
        """Write without what the journal gathered: effects it held count as unknown and are looked up."""
        journal = RunJournal(run, self.writer)
        journal.seq = seq
        try:
            journal.commit(write)
        except FenceLost:
            logger.info("run %s dropped after a bug", run.pk)


def queue_again(run: Run) -> None:
    """Due at once, held by nobody."""
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.QUEUED, due_at=timezone.now(), lease_owner="", lease_until=None
    )


def end(run: Run, turn: Turn, money: Mapping[str, object]) -> None:
    """Write how the turn ended. In the writer's transaction, after the journal's fence was checked."""
    if isinstance(turn, Finished):
        finish(run, turn, money)
    else:
        park(run, turn, money)


def event_data(run: Run) -> Json:
    """What `$event` is: the stored event, or what a person edited for this retry."""
    return codec.unpack(run.input_edit if run.input_edit is not None else run.event.data)


def _variables(environment_id: int) -> Mapping[str, Json]:
    return dict(Variable.objects.filter(environment_id=environment_id).values_list("key", "value"))


def finish(run: Run, turn: Finished, money: Mapping[str, object]) -> None:
    """The run is over: a terminal state, written once."""
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.SUCCEEDED,
        result=turn.result,
        reason="",
        waits_for="",
        due_at=None,
        lease_owner="",
        lease_until=None,
        failure=None,
        ended_at=now,
        **money,
    )
    if run.failure_id is not None:
        close_occurrences([run.pk], by="finished")


def park(run: Run, turn: Parked, money: Mapping[str, object]) -> None:
    """The run waits: for a time, for an effect, or for a person."""
    failure = None
    if turn.failure is not None and turn.reason in {"person", "reconnect"}:
        failure = capture(run, turn)
    elif run.failure_id is not None:
        close_occurrences([run.pk], by="went on")
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.PARKED,
        reason=turn.reason,
        waits_for=turn.token,
        due_at=_due(turn),
        lease_owner="",
        lease_until=None,
        failure=failure,
        **money,
    )


def _due(turn: Parked) -> datetime | None:
    now = timezone.now()
    if turn.until is not None:
        return turn.until
    if turn.after is not None:
        return now + timedelta(seconds=turn.after)
    if turn.token.startswith("effect:"):
        return now if _settled(int(turn.token.removeprefix("effect:"))) else now + EFFECT_WAIT
    return None


def _settled(effect_id: int) -> bool:
    """Was the effect settled between our meeting it and this commit? The row lock orders us with the settlement."""
    effect = Effect.objects.select_for_update().filter(pk=effect_id).first()
    return effect is None or effect.state in {Effect.State.CONFIRMED, Effect.State.REFUSED}
