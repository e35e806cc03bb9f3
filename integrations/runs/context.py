"""What a running step may see and do: mapping tables, connector calls, and a clock that stands still."""

import time
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from connectors.sdk.wire import Json
from integrations.engine.node import EffectSpec
from integrations.mapping.lookup import lookup
from integrations.runs.calls import Calls, StepCall
from integrations.runs.models import Run

__all__ = ["RunContext"]


class RunContext:
    """The engine's `Context` for one claimed run."""

    def __init__(self, run: Run, calls: Calls) -> None:
        self._run = run
        self._calls = calls
        self._tables_since = time.monotonic() if run.fence > 1 else 0.0

    @property
    def now(self) -> datetime:
        """The event's arrival, frozen: replays included."""
        return self._run.event.received_at

    def lookup(self, table: str, key: Sequence[Json], column: str) -> Json:
        """The value in the row valid on the day the event arrived, in the company's time zone.

        A run that goes on after a correction sees the tables as they are now, not as they were a second ago.
        """
        day = self.now.astimezone(ZoneInfo(settings.COMPANY_TIME_ZONE)).date()
        return lookup(table, self._run.environment_id, key, column, day, not_before=self._tables_since)

    def call(
        self, *, path: str, attempt: int, slot: str, operation: str, data: Json, effect: EffectSpec | None
    ) -> Json:
        return self._calls.perform(StepCall(path, attempt, slot, operation, data, effect))
