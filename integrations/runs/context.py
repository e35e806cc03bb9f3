"""What a running step may see and do: mapping tables, connector calls, keys, questions, and a clock that stands still."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from connectors.sdk.operation import Portion
from connectors.sdk.wire import Json
from integrations.approvals import asking
from integrations.dedupe.seen import Claim, claim
from integrations.engine.asking import Answered, Question, Sighting
from integrations.engine.long_list import PageStore
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import Held
from integrations.lists.store import RunPages
from integrations.mapping.lookup import lookup
from integrations.mapping.turn import Remembered
from integrations.runs.calls import Calls, StepCall
from integrations.runs.models import Run

__all__ = ["RunContext"]


class RunContext:
    """The engine's `Context` for one claimed run."""

    def __init__(self, run: Run, calls: Calls) -> None:
        self._run = run
        self._calls = calls
        self._tables_since = time.monotonic() if run.fence > 1 else 0.0
        self._looked_up = Remembered(self._read_table)

    @property
    def now(self) -> datetime:
        """The event's arrival, frozen: replays included."""
        return self._run.event.received_at

    def lookup(self, table: str, key: Sequence[Json], column: str) -> Json:
        """The value in the row valid on the day the event arrived, in the company's time zone.

        A run that goes on after a correction sees the tables as they are now, not as they were a second ago.
        """
        return self._looked_up(table, key, column)

    def _read_table(self, table: str, key: Sequence[Json], column: str) -> Json:
        return lookup(table, self._run.environment_id, key, column, self._day, not_before=self._tables_since)

    @cached_property
    def _day(self) -> date:
        """The day the event arrived, where the company is."""
        return self.now.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Json, effect: EffectSpec | None
    ) -> Json:
        return self._calls.perform(StepCall(path, attempt, slot, operation, data, effect))

    def page(self, *, path: str, attempt: int, slot: str, operation: str, data: Json, at: Json) -> Portion:
        return self._calls.page(StepCall(path, attempt, slot, operation, data, None), at)

    def clock(self) -> datetime:
        """The time it is."""
        return timezone.now()

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return str(settings.COMPANY_TIME_ZONE)

    def sight(self, *, path: str, memory: str, key: str, window: timedelta) -> Sighting:
        """Take the key or see who has it: committed, with all that was recorded before, ahead of the answer.

        The owner is the event at this step, so that a run which dies right here finds itself the owner.
        """
        run = self._run
        wanted = Claim(run.environment_id, run.flow_key, memory, key, run.event_id, run.pk, path, window)
        return self._calls.journal.commit(lambda: claim(wanted))

    @property
    def pages(self) -> PageStore:
        """The run's long lists."""
        return RunPages(self._calls.journal, self._calls.go_on)

    def ask(self, *, path: str, question: Question) -> Answered:
        """What was decided. An open question parks the run on its token until it expires, if it ever does."""
        run = self._run
        one = asking.decided(run.pk, path)
        if one is None:
            one = self._calls.journal.commit(lambda: asking.meet(run, path, question))
        answered = asking.answered(one)
        if answered is None:
            raise Held("waiting", asking.token(one.pk), one.expires_at)
        return answered
