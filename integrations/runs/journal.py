"""The engine's journal on our tables: entries gather and are handed to the writer together.

An effect's intent is waited for; everything else is handed over without waiting and keeps its order, because one
writer serves the process first come, first served.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils import timezone

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Exchange as WireExchange
from connectors.sdk.wire import Json
from integrations.engine.journal import Entry, EntryState
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait
from integrations.payloads import codec
from integrations.payloads.models import Payload
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.runs.writer import FenceLost, Writer

__all__ = ["RunJournal"]

T = TypeVar("T")
UPSERT_FIELDS = [
    "spent",
    "state",
    "port",
    "input",
    "output",
    "problem",
    "effect",
    "next_at",
    "started_at",
    "ended_at",
    "seq",
]


class RunJournal:
    """The journal of one claimed run, in memory and on its way to the database."""

    def __init__(self, run: Run, writer: Writer) -> None:
        self.run_id = run.pk
        self.fence = run.fence
        self.seq = run.seq
        self._writer = writer
        self._latest: dict[str, Entry] = {}
        self._open: dict[str, StepEntry] = {}
        self._rows: list[StepEntry] = []
        self._exchanges: list[Exchange] = []
        self._payloads: list[Payload] = []
        self._extras: list[Callable[[], Any]] = []
        self._flights: list[Future[Any]] = []
        self._effects: dict[str, int] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        if run.seq > 1 or run.fence > 1:
            self._load()

    def _load(self) -> None:
        for row in StepEntry.objects.filter(run_id=self.run_id).order_by("path", "attempt"):
            self._latest[row.path] = _entry(row)

    # -- the engine's side ------------------------------------------------------------------------------------------

    def last(self, path: str) -> Entry | None:
        return self._latest.get(path)

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        row = StepEntry(
            run_id=self.run_id,
            path=path,
            node=node,
            attempt=attempt,
            spent=self._spent(path),
            state="begun",
            input=self._pack(input) if input is not None else None,
            started_at=timezone.now(),
            seq=0,
        )
        self._open[path] = row
        self._rows.append(row)

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        row = self._open.pop(path, None) or StepEntry(
            run_id=self.run_id,
            path=path,
            node=node,
            attempt=attempt,
            spent=self._spent(path),
            started_at=timezone.now(),
        )
        row.ended_at = timezone.now()
        row.effect_id = self._effects.get(path)
        self._fill(row, outcome)
        if row not in self._rows:
            self._rows.append(row)
        self._latest[path] = _entry(row, output=outcome.output if isinstance(outcome, Done) else None)
        if self._extras or self._exchanges:
            self.flush()

    def skip(self, path: str, *, node: str) -> None:
        now = timezone.now()
        row = StepEntry(
            run_id=self.run_id,
            path=path,
            node=node,
            attempt=1,
            state="skipped",
            started_at=now,
            ended_at=now,
            seq=0,
        )
        self._rows.append(row)
        self._latest[path] = _entry(row)

    def outputs(self) -> dict[str, Json]:
        """What the flow's own steps (not those inside loops) have put out so far, by node."""
        return {entry.node: entry.output for path, entry in self._latest.items() if path == entry.node}

    # -- the runtime's side -----------------------------------------------------------------------------------------

    def exchange(self, path: str, attempt: int, call: WireExchange) -> None:
        """Record one HTTP call of a step (already redacted by the client)."""
        number = self._numbers[path, attempt] = self._numbers.get((path, attempt), 0) + 1
        body = self._pack({"request": call.request, "response": call.response}, klass="exchange")
        self._exchanges.append(
            Exchange(
                run_id=self.run_id,
                path=path,
                attempt=attempt,
                number=number,
                method=call.method,
                url=call.url[:500],
                status=call.status,
                ms=round(call.ms, 2),
                error=call.error[:300],
                body=body,
                at=timezone.now(),
            )
        )

    def met(self, path: str, effect_id: int) -> None:
        """The step at `path` made or adopted this effect."""
        self._effects[path] = effect_id

    def ride_along(self, write: Callable[[], Any]) -> None:
        """A write that must be one commit with the step's record."""
        self._extras.append(write)

    def flush(self) -> None:
        """Hand everything gathered to the writer without waiting; a lost fence shows at the next wait."""
        self._flights = [
            flight for flight in self._flights if not flight.done() or flight.exception() is not None
        ]
        self._flights.append(self._submit(lambda: None))

    def commit(self, write: Callable[[], T]) -> T:
        """Commit everything gathered together with `write`, and wait. Raises `FenceLost` when the run isn't ours."""
        future = self._submit(write)
        self._settle_flights()
        return future.result()

    def _settle_flights(self) -> None:
        flights, self._flights = self._flights, []
        for flight in flights:
            flight.result()

    def _submit(self, write: Callable[[], T]) -> "Future[T]":
        self.seq += 1
        seq, rows, exchanges = self.seq, self._rows, self._exchanges
        payloads, extras = self._payloads, self._extras
        self._rows, self._exchanges, self._payloads, self._extras = [], [], [], []
        for row in rows:
            row.seq = seq
        copies = [_copy(row) for row in rows]

        def hand_over() -> T:
            self._guard(seq)
            if payloads:
                Payload.objects.bulk_create(payloads, ignore_conflicts=True)
            for extra in extras:
                extra()
            if copies:
                StepEntry.objects.bulk_create(
                    copies,
                    update_conflicts=True,
                    unique_fields=["run", "path", "attempt"],
                    update_fields=UPSERT_FIELDS,
                )
            if exchanges:
                Exchange.objects.bulk_create(exchanges, ignore_conflicts=True)
            return write()

        return self._writer.submit(hand_over)

    def _guard(self, seq: int) -> None:
        """The fence is checked in SQL, in the very transaction that writes."""
        ours = Run.objects.filter(pk=self.run_id, fence=self.fence, state=Run.State.RUNNING).update(seq=seq)
        if not ours:
            raise FenceLost(f"Run {self.run_id} belongs to somebody else now.")

    def _pack(self, value: Json, *, klass: codec.Class = "step") -> bytes:
        blob, payload = codec.store(value, klass=klass)
        if payload is not None:
            self._payloads.append(payload)
        return blob

    def _spent(self, path: str) -> int:
        latest = self._latest.get(path)
        return latest.spent if latest else 0

    def _fill(self, row: StepEntry, outcome: Outcome) -> None:
        match outcome:
            case Done(output, port):
                row.state, row.port, row.output = "done", port, self._pack(output)
            case Retry(after, failure, _, counts):
                row.state, row.problem = "retry", problem_of(failure)
                row.spent += 1 if counts else 0
                row.next_at = timezone.now() + timedelta(seconds=after)
            case Wait(_, until, _):
                row.state, row.next_at = "wait", until
            case Fail(failure, _):
                row.state, row.problem = "fail", problem_of(failure)
                row.spent += 1


def problem_of(failure: Failure) -> dict[str, Json]:
    """A failure as the journal keeps it: what people see, never payloads."""
    info: Mapping[str, Json] = failure.info
    return {
        "kind": failure.kind,
        "code": failure.code,
        "sentence": failure.sentence[:500],
        "pointer": failure.pointer,
        "info": {key: value for key, value in info.items() if key not in {"confirmed", "intended"}},
    }


def _entry(row: StepEntry, output: Json = None) -> Entry:
    state: EntryState = row.state  # type: ignore[assignment]  # a closed set, written by this module alone
    if output is None and row.state == "done":
        output = codec.unpack(row.output)
    spent = 0 if state == "fail" else row.spent  # a retry by hand starts with a full budget
    return Entry(row.path, row.node, row.attempt, state, port=row.port, output=output, spent=spent)


def _copy(row: StepEntry) -> StepEntry:
    """The row as it is now: the writer may write it after the step has gone on changing it."""
    values = {field.attname: getattr(row, field.attname) for field in StepEntry._meta.concrete_fields}  # noqa: SLF001
    values.pop("id")
    return StepEntry(**values)


def later(seconds: float) -> datetime:
    """The instant `seconds` from now."""
    return timezone.now() + timedelta(seconds=seconds)
