"""The part of a run's journal that one page shows: some hundred attempts, with the way to those before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.runs.models import Exchange, Run, StepEntry

__all__ = ["LINES_WITH_DATA", "Shown", "entries_of"]

LINES_WITH_DATA = 60
"""Attempts whose data is read at once; of longer runs one step's data is read when it is asked for."""
_AT_ONCE = 500
_CALLS = 2_000


@dataclass(frozen=True, slots=True)
class Shown:
    """`hidden`: attempts that follow; `following`: the address of those, "" = none. `removed`: there were steps, and retention
    has removed them."""

    entries: Sequence[StepEntry]
    exchanges: Sequence[Exchange]
    hidden: int
    following: str
    removed: bool

    @property
    def reads_all(self) -> bool:
        return len(self.entries) <= LINES_WITH_DATA


def entries_of(run: Run, after: str = "") -> Shown:
    """The first attempts, or those after the entry with this number (as it stands in an address). Three queries."""
    start = int(after[:18]) if after.isascii() and after.isdigit() else 0
    rows = StepEntry.objects.filter(run=run, pk__gt=start).order_by("id")
    numbers = list(rows.values_list("pk", flat=True)[: LINES_WITH_DATA + 1])
    if len(numbers) > LINES_WITH_DATA:
        rows = rows.defer("input", "output")
    entries = list(rows[: _AT_ONCE + 1])
    more, entries = len(entries) > _AT_ONCE, entries[:_AT_ONCE]
    hidden = rows.filter(pk__gt=entries[-1].pk).count() if more else 0
    calls = Exchange.objects.filter(run=run).order_by("id")
    if len(entries) > LINES_WITH_DATA:
        calls = calls.filter(path__in={one.path for one in entries}).defer("body")
    over = run.state in Run.TERMINAL and run.started_at is not None
    return Shown(
        entries=entries,
        exchanges=list(calls[:_CALLS]) if entries else [],
        hidden=hidden,
        following=f"?after={entries[-1].pk}" if more else "",
        removed=over and not entries and not start,
    )
