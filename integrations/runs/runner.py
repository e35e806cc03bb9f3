"""Puts plan, journal and context together, advances a claimed run, and writes how its turn ended."""

import logging
import random
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import close_old_connections

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.database import AWAY, forget_broken
from integrations.engine.executor import Given, advance
from integrations.engine.outcome import Parked, Turn
from integrations.payloads import codec
from integrations.releases.models import Variable
from integrations.releases.plans import plan_of
from integrations.runs import killpoints
from integrations.runs.calls import Calls, HandedBack
from integrations.runs.claim import queue_again
from integrations.runs.context import RunContext
from integrations.runs.ending import end, park
from integrations.runs.journal import RunJournal
from integrations.runs.lease import Leases
from integrations.runs.models import Run
from integrations.runs.side_by_side import side_by_side
from integrations.runs.slots import Slots
from integrations.runs.worth import NOTHING_KNOWN, worth
from integrations.runs.writer import FenceLost, Writer
from integrations.tasks.doorbell import ring

__all__ = ["Runner"]

logger = logging.getLogger(__name__)
DATABASE_REST = timedelta(seconds=2)  # before a run is taken up again whose reading the database broke off


class Bug(Failure):
    """Something in Interlock itself went wrong. The run parks; the details are for operators."""

    kind = "bug"


@dataclass(frozen=True, slots=True)
class Runner:
    """Advances claimed runs with this process's writer and leases."""

    writer: Writer
    leases: Leases
    slots: Slots | None = None

    def advance(self, run: Run) -> None:
        """Carry one claimed run as far as it goes. The outermost frame of a run: nothing escapes it."""
        journal = RunJournal(run, self.writer, self.waiting(run))
        try:
            turn, event = self._turn(run, journal)
            end(run, journal, turn, worth(run, journal, event))
        except FenceLost as lost:
            logger.info("run %s dropped: %s", run.pk, lost)
        except HandedBack:
            self._hand_back(run, journal)
        except AWAY as trouble:
            logger.warning("run %s goes on when the database is back: %s", run.pk, trouble)
            forget_broken()
            self._hand_back(run, journal, after=DATABASE_REST)
        except Exception as bug:
            logger.exception("run %s met a bug", run.pk)
            self._park_bug(run, journal, bug)
        finally:
            self.leases.drop(run.pk)
            close_old_connections()

    def waiting(self, run: Run) -> Callable[[], AbstractContextManager[object]]:
        """What a thread enters while it waits for somebody else on behalf of this run."""
        return partial(self.slots.waiting, run.pk) if self.slots is not None else nullcontext

    def helping(self, run: Run) -> Callable[[], AbstractContextManager[object]]:
        """What a thread enters that helps the run's own."""
        return partial(self.slots.helping, run.pk) if self.slots is not None else nullcontext

    def _turn(self, run: Run, journal: RunJournal) -> tuple[Turn, Json]:
        event = journal.event = event_data(run)
        calls = Calls(run, journal, self.leases, self.waiting(run))
        given = Given(
            event=event,
            catalog=CATALOG,
            variables=_variables(run),
            chance=random.random,
            side_by_side=side_by_side(self.helping(run), self.waiting(run)),
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
            journal.commit(lambda: park(run, parked, NOTHING_KNOWN))
        except FenceLost:
            logger.info("run %s dropped after a bug", run.pk)
        except Exception:
            logger.exception("what run %s had gathered could not be written; only its parking is", run.pk)
            self._commit_alone(run, journal.seq, lambda: park(run, parked, NOTHING_KNOWN))

    def _hand_back(self, run: Run, journal: RunJournal, after: timedelta = timedelta(0)) -> None:
        """The slice is over: keep what is done, and let another drain go on at the next step."""
        try:
            journal.commit(lambda: queue_again(run.pk, after))
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


def event_data(run: Run) -> Json:
    """What `$event` is: the stored event, or what a person edited for this retry."""
    return codec.unpack(run.input_edit if run.input_edit is not None else run.event.data)


def _variables(run: Run) -> Mapping[str, Json]:
    if not plan_of(run.release_id).needs.get("variables"):
        return {}
    return dict(Variable.objects.filter(environment_id=run.environment_id).values_list("key", "value"))
