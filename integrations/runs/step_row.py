"""One attempt of one step as the journal writes it and finds it again, without a model instance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.failing import restored
from integrations.engine.journal import Entry, EntryState
from integrations.engine.long_list import revived
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait
from integrations.lists.reading import lists_of
from integrations.payloads import codec
from integrations.runs.models import StepEntry
from integrations.runs.repeated import spelled_out
from integrations.runs.rows import Row

__all__ = ["StepRow", "entries_of", "problem_of"]

KEPT_APART = {"confirmed", "intended"}
"""What a failure's info may hold of payloads: kept with the failure, never in the journal."""
READ_AT_ONCE = 500  # outputs decoded together when a run is taken up again
Known = tuple[str, Json, int, datetime | None, Mapping[str, Json] | None]
"""Port, output, spent, the time of the next attempt, and the problem of an attempt."""


@dataclass(slots=True)
class StepRow:
    """`input` and `output` are coded; `state` is "begun" until the attempt ends."""

    path: str
    node: str
    attempt: int
    spent: int
    started_at: datetime
    state: EntryState = "begun"
    port: str = ""
    input: bytes | None = None
    output: bytes | None = None
    problem: dict[str, Json] | None = None
    effect_id: int | None = None
    next_at: datetime | None = None
    ended_at: datetime | None = None

    def end(self, outcome: Outcome, output: bytes | None, now: datetime) -> None:
        """The attempt has ended like this; `output` is its coded output when it is done."""
        self.ended_at = now
        match outcome:
            case Done(_, port):
                self.state, self.port, self.output = "done", port, output
            case Retry(after, failure, _, counts):
                self.state, self.problem = "retry", problem_of(failure)
                self.spent += 1 if counts else 0
                self.next_at = now + timedelta(seconds=after)
            case Wait(_, until, _):
                self.state, self.next_at = "wait", until
            case Fail(failure, _):
                self.state, self.problem = "fail", problem_of(failure)
                self.spent += 1

    def entry(self, output: Json) -> Entry:
        """What the engine sees of it."""
        known = (self.port, output, self.spent, self.next_at, self.problem)
        return _entry(self.path, self.node, self.attempt, self.state, known)

    def values(self, run_id: int, seq: int) -> Row:
        """Its row, in the order of `hand_over.STEPS`."""
        return (
            run_id,
            self.path,
            self.attempt,
            self.node,
            self.spent,
            self.state,
            self.port,
            self.input,
            self.output,
            self.problem,
            self.effect_id,
            self.next_at,
            self.started_at,
            self.ended_at,
            seq,
        )


def entries_of(run_id: int) -> dict[str, Entry]:
    """The latest attempt at every path of a run, outputs decoded: what a run that is taken up again starts with."""
    columns = ("path", "node", "attempt", "state", "port", "spent", "output", "next_at", "problem")
    rows = StepEntry.objects.filter(run_id=run_id).order_by("path", "attempt").values_list(*columns)
    latest: dict[str, tuple[Any, ...]] = {}
    waits: dict[str, datetime] = {}  # what the latest attempt that ended waits for
    for row in rows.iterator(chunk_size=2_000):
        path, state = row[0], row[3]
        latest[path] = row
        if state == "wait":
            waits[path] = row[7]
        elif state != "begun":
            waits.pop(path, None)
    entries: dict[str, Entry] = {}
    found = list(latest.values())
    lists = lists_of(run_id)
    for start in range(0, len(found), READ_AT_ONCE):
        some = found[start : start + READ_AT_ONCE]
        outputs = codec.unpack_all(spelled_out(run_id, [row[6] for row in some]))
        for row, stored in zip(some, outputs, strict=True):
            path, node, attempt, state, port, spent, _, next_at, problem = row
            output = revived(stored, lists) if lists else stored
            until = waits.get(path) if state in ("wait", "begun") else next_at
            entries[path] = _entry(path, node, attempt, state, (port, output, spent, until, problem))
    return entries


def problem_of(failure: Failure) -> dict[str, Json]:
    """A failure as the journal keeps it: what people see, never payloads."""
    info: Mapping[str, Json] = failure.info
    return {
        "kind": failure.kind,
        "code": failure.code,
        "sentence": failure.sentence[:500],
        "pointer": failure.pointer,
        "info": {key: value for key, value in info.items() if key not in KEPT_APART},
    }


def _entry(path: str, node: str, attempt: int, state: EntryState, known: Known) -> Entry:
    """A failure for a person leaves a full budget for the retry by hand."""
    port, output, spent, until, problem = known
    failure = restored(problem) if problem and state in ("fail", "retry") else None
    left = 0 if state == "fail" else spent
    return Entry(path, node, attempt, state, port, output, left, until, failure)
