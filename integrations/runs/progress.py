"""How far a run has come, as people watch it: every step of a small run; of a large one (a loop over thousands) what matters.

That is: the steps outside loops, the steps inside that are not done, and for each node how many of its steps stand how. The
rest is asked for page by page. Three reads and a few hundred rows, however long the run is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from integrations.runs.models import StepEntry

__all__ = ["MANY", "Progress", "items_of", "latest_steps", "progress_of", "step_rows"]

MANY = 500
"""Attempts of a run that are told one by one."""
_OPEN = ("begun", "retry", "wait", "fail")


@dataclass(frozen=True, slots=True)
class Progress:
    """`tallies` is empty when `steps` are all there are (or all that changed); else it counts the whole run's: node → state → steps."""

    steps: list[StepEntry]
    tallies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def progress_of(run_id: int, after: int = 0) -> Progress:
    """All of a run, or what was recorded after a sequence number."""
    changed = list(step_rows(run_id, after)[: MANY + 1])
    whole = len(changed) if not after else StepEntry.objects.filter(run_id=run_id)[: MANY + 1].count()
    if whole <= MANY:
        return Progress(latest_steps(changed))
    matter = step_rows(run_id, after).filter(~Q(path__contains="[") | Q(state__in=_OPEN) & ~Q(_superseded()))
    newest = list(matter.order_by("-id")[:MANY])
    return Progress(latest_steps(reversed(newest)), _tallies(run_id))


def step_rows(run_id: int, after: int = 0) -> "QuerySet[StepEntry]":
    """The attempts of a run recorded after sequence number `after`, oldest first, without payloads."""
    return StepEntry.objects.filter(run_id=run_id, seq__gt=after).defer("input", "output").order_by("id")


def latest_steps(attempts: Iterable[StepEntry]) -> list[StepEntry]:
    """The latest attempt of each path, in the order in which the paths were first reached."""
    latest: dict[str, StepEntry] = {}
    for attempt in attempts:
        known = latest.get(attempt.path)
        if known is None or attempt.attempt >= known.attempt:
            latest[attempt.path] = attempt
    return list(latest.values())


def items_of(run_id: int, node: str, state: str = "", key: str = "") -> "QuerySet[StepEntry]":
    """The latest attempts of one node's steps, e.g. those of a loop's items; `key` is a part of the item's key."""
    rows = StepEntry.objects.filter(~_superseded(), run_id=run_id, node=node).defer("input", "output")
    rows = rows.filter(state=state) if state else rows
    return rows.filter(path__contains=key) if key else rows


def _tallies(run_id: int) -> dict[str, dict[str, int]]:
    standing = Q(state__in=("done", "skipped")) | ~_superseded()
    rows = StepEntry.objects.filter(standing, run_id=run_id).order_by()
    found: dict[str, dict[str, int]] = {}
    for node, state, count in rows.values_list("node", "state").annotate(count=Count("id")):
        found.setdefault(node, {})[state] = count
    return found


def _superseded() -> Exists:
    """There is a later attempt at the same path."""
    later = StepEntry.objects.filter(
        run=OuterRef("run"), path=OuterRef("path"), attempt__gt=OuterRef("attempt")
    )
    return Exists(later)
