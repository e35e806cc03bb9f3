"""What runs hand to their process's writer, and how many hand-overs become one transaction with few statements.

`together` writes the rows of all of them at once: one fence check, one INSERT per table. It raises whatever one of them raises,
and the transaction is then lost for all; the writer falls back to one savepoint each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from integrations.payloads.models import Payload
from integrations.runs.afterwards import afterwards
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.runs.rows import Row, Table
from integrations.statements import execute, execute_many, moment, table

__all__ = ["EXCHANGES", "STEPS", "Ending", "FenceLost", "HandOver", "Work", "together"]

STEP_KEY = ("run_id", "path", "attempt")
STEP_CHANGES = (
    "spent",
    "state",
    "port",
    "input",
    "output",
    "problem",
    "effect_id",
    "next_at",
    "started_at",
    "ended_at",
    "seq",
)
STEPS = Table(StepEntry, (*STEP_KEY, "node", *STEP_CHANGES), unique=STEP_KEY, update=STEP_CHANGES)
EXCHANGES = Table(
    Exchange,
    ("run_id", "path", "attempt", "number", "method", "url", "status", "ms", "error", "body", "at"),
)
PAYLOADS = Table(Payload, ("id", "klass", "run_number", "blob", "created_at"))


class FenceLost(Exception):  # noqa: N818 - not an error: somebody else owns the run now
    """This process no longer owns the run; whatever it holds of it must be dropped, unsent."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A run that is over and succeeded. `amount` None and `currency` "" leave what is known as it is."""

    result: str
    ended_at: datetime
    amount: Decimal | None = None
    currency: str = ""


@dataclass(slots=True)
class HandOver:
    """What one run wants written: rows of its journal, and `writes` that must be one commit with them, in order.

    Nothing of it is written unless the run still has this `fence` and is running. The answer is the last write's.
    """

    run_id: int
    fence: int
    seq: int
    steps: list[Row] = field(default_factory=list)
    exchanges: list[Row] = field(default_factory=list)
    payloads: list[Row] = field(default_factory=list)
    writes: list[Callable[[], Any]] = field(default_factory=list)
    ending: Ending | None = None


Work = Callable[[], Any] | HandOver
Answer = tuple[Any, Exception | None]


def together(works: Sequence[Work]) -> list[Answer]:
    """Write all of these in the open transaction; an answer for each. A lost fence is an answer, everything else raises."""
    handed = [work for work in works if isinstance(work, HandOver)]
    ours = _still_ours(handed)
    good = [work for work in handed if work.run_id in ours]
    PAYLOADS.insert(row for work in good for row in work.payloads)
    STEPS.insert(row for work in good for row in work.steps)
    EXCHANGES.insert(row for work in good for row in work.exchanges)
    with afterwards():
        answers = [_answer(work, ours) for work in works]
    _end([(work.run_id, work.ending) for work in good if work.ending is not None])
    return answers


def _answer(work: Work, ours: set[int]) -> Answer:
    if not isinstance(work, HandOver):
        return work(), None
    if work.run_id not in ours:
        return None, FenceLost(f"Run {work.run_id} belongs to somebody else now.")
    answer = None
    for write in work.writes:
        answer = write()
    return answer, None


def _still_ours(handed: Sequence[HandOver]) -> set[int]:
    """The runs whose fence still holds, checked and counted on in one statement for the whole batch."""
    newest: dict[int, HandOver] = {work.run_id: work for work in handed}  # of several of one run the last
    if not newest:
        return set()
    places = ", ".join(["(%s, %s, %s)"] * len(newest))
    run = table(Run)
    statement = (
        f"UPDATE {run} SET seq = asked.column3 FROM (VALUES {places}) AS asked"  # noqa: S608 - our own names only
        f" WHERE {run}.id = asked.column1 AND {run}.fence = asked.column2 AND {run}.state = 'running'"
        f" RETURNING {run}.id"
    )
    asked = [value for work in newest.values() for value in (work.run_id, work.fence, work.seq)]
    return {found for (found,) in execute(statement, asked).rows}


def _end(endings: Sequence[tuple[int, Ending]]) -> None:
    """Runs that succeeded: a terminal state, written once, held by nobody."""
    if not endings:
        return
    statement = (
        f"UPDATE {table(Run)} SET state = 'succeeded', result = %s, reason = '', waits_for = '', due_at = NULL,"  # noqa: S608 - our own names only
        " lease_owner = '', lease_until = NULL, suspect = %s, failure_id = NULL, ended_at = %s,"
        " amount = COALESCE(%s, amount), currency = CASE WHEN %s = '' THEN currency ELSE %s END WHERE id = %s"
    )
    amount = Run._meta.get_field("amount")  # noqa: SLF001 - Django's documented API
    rows = [
        (
            ending.result,
            False,
            moment(ending.ended_at),
            amount.get_db_prep_save(ending.amount, connection),
            ending.currency,
            ending.currency,
            run_id,
        )
        for run_id, ending in endings
    ]
    execute_many(statement, rows)
