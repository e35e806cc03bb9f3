"""The engine's journal on our tables: entries gather and are handed to the writer together.

An effect's intent is waited for; everything else is handed over without waiting and keeps its order, because one
writer serves the process first come, first served. Steps of one run may record side by side (a loop n at a time).
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from django.utils import timezone

from connectors.sdk.wire import Exchange as WireExchange
from connectors.sdk.wire import Json
from integrations.engine.journal import Entry
from integrations.engine.outcome import Done, Outcome
from integrations.payloads import codec
from integrations.runs.hand_over import Ending, HandOver
from integrations.runs.models import Run
from integrations.runs.receipt import Receipt
from integrations.runs.rows import Row
from integrations.runs.step_row import StepRow, entries_of
from integrations.runs.writer import Writer

__all__ = ["RunJournal"]

T = TypeVar("T")
GATHERED = 200  # rows after which they are handed over although nobody waits for them
SHOWN_AFTER = 0.25  # seconds after which what was done is handed over, so that people see a slow run move
_UNKNOWN = object()
IN_FLIGHT = 8  # hand-overs of one run that may be under way before it waits for them


class RunJournal:
    """The journal of one claimed run, in memory and on its way to the database. `waiting` is entered while it waits.

    `event` is the run's event once it is known: a step that puts it out needn't store it again.
    """

    def __init__(
        self,
        run: Run,
        writer: Writer,
        waiting: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.run_id = run.pk
        self.fence = run.fence
        self.seq = run.seq
        self.event: object = _UNKNOWN
        self._writer = writer
        self._waiting = waiting
        self._lock = threading.RLock()
        self._latest: dict[str, Entry] = {}
        self._open: dict[str, StepRow] = {}
        self._rows: dict[tuple[str, int], StepRow] = {}
        self._exchanges: list[Row] = []
        self._payloads: list[Row] = []
        self._extras: list[Callable[[], Any]] = []
        self._flights: list[Receipt[Any]] = []
        self._effects: dict[str, int] = {}
        self._document: Mapping[str, str] | None = None
        self._numbers: dict[tuple[str, int], int] = {}
        self._handed_at = time.monotonic()
        if run.seq > 1 or run.fence > 1:
            self._latest = entries_of(self.run_id)

    # -- the engine's side ------------------------------------------------------------------------------------------

    def last(self, path: str) -> Entry | None:
        return self._latest.get(path)

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        packed = self._kept(input) if input is not None else None
        with self._lock:
            row = StepRow(path, node, attempt, self._spent(path), timezone.now(), input=packed)
            self._open[path] = self._rows[path, attempt] = row

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        output = self._kept(outcome.output) if isinstance(outcome, Done) else None
        with self._lock:
            row = self._open.pop(path, None)
            if row is None:
                row = StepRow(path, node, attempt, self._spent(path), timezone.now())
            row.end(outcome, output, timezone.now())
            row.effect_id = self._effects.get(path)
            self._rows[path, attempt] = row
            self._latest[path] = row.entry(outcome.output if isinstance(outcome, Done) else None)
            if len(self._rows) >= GATHERED:
                self.flush()
        self.show()

    def skip(self, path: str, *, node: str) -> None:
        now = timezone.now()
        row = StepRow(path, node, 1, 0, now, state="skipped", ended_at=now)
        with self._lock:
            self._rows[path, 1] = row
            self._latest[path] = row.entry(None)

    def outputs(self) -> dict[str, Json]:
        """What the flow's own steps (not those inside loops) have put out so far, by node."""
        with self._lock:
            return {entry.node: entry.output for path, entry in self._latest.items() if path == entry.node}

    # -- the runtime's side -----------------------------------------------------------------------------------------

    def exchange(self, path: str, attempt: int, call: WireExchange) -> None:
        """Record one HTTP call of a step (already redacted by the client)."""
        body = self._pack({"request": call.request, "response": call.response}, klass="exchange")
        with self._lock:
            number = self._numbers[path, attempt] = self._numbers.get((path, attempt), 0) + 1
            ms, url, error = round(call.ms, 2), call.url[:500], call.error[:300]
            row = (self.run_id, path, attempt, number, call.method, url, call.status, ms, error, body)
            self._exchanges.append((*row, timezone.now()))

    def met(self, path: str, effect_id: int) -> None:
        """The step at `path` made or adopted this effect."""
        with self._lock:
            self._effects[path] = effect_id

    def made(self, amount: Mapping[str, str] | None) -> None:
        """A step has written a document over this amount: what the run is about in money."""
        if amount and amount.get("amount"):
            self._document = amount

    @property
    def document(self) -> Mapping[str, str] | None:
        """The amount of the last document that this process has made for the run."""
        return self._document

    @property
    def has_a_past(self) -> bool:
        """Whether another process may have made something for this run before."""
        return self.fence > 1

    def ride_along(self, write: Callable[[], Any]) -> None:
        """A write that must be one commit with the step's record."""
        with self._lock:
            self._extras.append(write)

    def show(self) -> None:
        """Hand over what has gathered if people who watch have waited long enough for it."""
        if time.monotonic() - self._handed_at > SHOWN_AFTER:
            self.flush()

    def secure(self) -> None:
        """The run is about to wait for a far system: what it has settled must not wait with it.

        Between two calls nothing is handed over by itself: a settled effect then shares a commit with the next intent.
        """
        if self._extras:
            self.flush()
        else:
            self.show()

    def flush(self) -> None:
        """Hand everything gathered to the writer without waiting; a lost fence shows at the next wait."""
        with self._lock:
            under_way = [one for one in self._flights if not one.done() or one.failed()]
            self._flights = [*under_way, self._submit([])]
        if len(under_way) >= IN_FLIGHT:
            self._settle_flights()

    def commit(self, write: Callable[[], T]) -> T:
        """Commit everything gathered together with `write`, and wait. Raises `FenceLost` when the run isn't ours."""
        return self._wait_for(self._submit([write]))  # type: ignore[no-any-return]  # the answer is the last write's

    def finish(self, ending: Ending, writes: list[Callable[[], Any]]) -> None:
        """Commit everything gathered together with the run's end, and wait. Raises `FenceLost`."""
        self._wait_for(self._submit(writes, ending))

    def _wait_for(self, receipt: Receipt[Any]) -> Any:
        self._settle_flights()
        with self._waiting():
            return receipt.result()

    def _settle_flights(self) -> None:
        with self._lock:
            flights, self._flights = self._flights, []
        for flight in flights:
            if not flight.done():
                with self._waiting():
                    flight.result()
            flight.result()

    def _submit(self, writes: list[Callable[[], Any]], ending: Ending | None = None) -> Receipt[Any]:
        with self._lock:
            self.seq += 1
            steps = [row.values(self.run_id, self.seq) for row in self._rows.values()]
            work = HandOver(
                self.run_id,
                self.fence,
                self.seq,
                steps=steps,
                exchanges=self._exchanges,
                payloads=self._payloads,
                writes=[*self._extras, *writes],
                ending=ending,
            )
            self._rows, self._exchanges, self._payloads, self._extras = {}, [], [], []
            self._handed_at = time.monotonic()
            return self._writer.hand_over(work)

    def _kept(self, value: Json) -> bytes:
        """A step's input or output as it is stored."""
        return codec.THE_EVENT if value is self.event else self._pack(value)

    def _pack(self, value: Json, *, klass: codec.Class = "step") -> bytes:
        blob, payload = codec.store(value, klass=klass)
        if payload is not None:
            with self._lock:
                row = (payload.id, payload.klass, self.run_id, payload.blob, timezone.now())
                self._payloads.append(row)
        return blob

    def _spent(self, path: str) -> int:
        latest = self._latest.get(path)
        return latest.spent if latest else 0
