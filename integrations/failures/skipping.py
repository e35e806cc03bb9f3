"""Going on without a step that failed: a person says what it comes to instead, and why.

The step gets one more attempt in the journal, done by that person; everything behind it sees the output given here. It is no way
around a write that may have happened, and none around a sign-in: both are never guessed.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from connectors.sdk import registry
from connectors.sdk.errors import Failure
from connectors.sdk.operation import Operation
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.effects.models import Effect
from integrations.engine.plan import Step
from integrations.failures import decisions
from integrations.failures.actions import NotParked
from integrations.failures.capture import close_occurrences
from integrations.payloads import codec
from integrations.releases.plans import plan_of
from integrations.runs.lanes import queue_parked
from integrations.runs.models import Run, StepEntry
from integrations.tasks.doorbell import ring

__all__ = ["LONGEST_REASON", "CantSkip", "OutputRefused", "Skippable", "skip", "skippable"]

LONGEST_REASON = 300
_NEVER = {"auth": "A sign-in that isn't accepted", "outcome_unknown": "A write that may have happened"}


class CantSkip(Exception):  # noqa: N818 - a finding, answered with 409
    """This run can't go on without the step it waits at; the sentence says why."""


class OutputRefused(ValueError):  # noqa: N818 - a finding, answered with 400
    """What the step is said to come to is not what the steps behind it can rely on."""

    def __init__(self, sentence: str, pointer: str = "") -> None:
        super().__init__(sentence)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Skippable:
    """The step a run waits at: its path, its name, and the ports it may be left by, the usual one first."""

    path: str
    node: str
    name: str
    ports: tuple[str, ...]
    sentence: str


def skippable(run: Run) -> Skippable:
    """The step that may be skipped. Raises `NotParked`, `CantSkip`."""
    entry, step = _at(run)
    return Skippable(
        entry.path, entry.node, step.name or step.id, _ports(step), (entry.problem or {}).get("sentence", "")
    )


def skip(run_id: int, *, by: str, reason: str, output: Json = None, port: str = "") -> Run:
    """Record the failed step as done by a person, with this output, and let the run go on behind it.

    Raises `NotParked`, `CantSkip`, `ReasonNeeded`, `OutputRefused`. Nothing is written in a far system.
    """
    if not reason.strip():
        raise decisions.ReasonNeeded("Say why the step may be skipped. Nothing was changed.")
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        entry, step = _at(run)
        leaves_by = port or _ports(step)[0]
        _check(step, output, leaves_by)
        _record(run, entry, output, leaves_by, f"Skipped by {by}: {reason.strip()[:LONGEST_REASON]}")
        close_occurrences([run.pk], by=f"step skipped by {by}")
        queue_parked(Run.objects.filter(pk=run.pk))
        transaction.on_commit(ring)
        run.refresh_from_db()
    return run


def _at(run: Run) -> tuple[StepEntry, Step]:
    """The failed step a parked run waits at. Raises when there is none, or when going on without it would be a guess."""
    if run.state != Run.State.PARKED:
        raise NotParked(run)
    entry = _failed(run)
    if entry is None or run.reason not in {"person", "reconnect"}:
        raise CantSkip("This run doesn't wait at a step that failed, so there is nothing to skip.")
    step = plan_of(run.release_id).at(entry.path)
    if step is None or step.body is not None:
        raise CantSkip("Only a single step can be skipped, not one that has others inside.")
    kind = (entry.problem or {}).get("kind", "")
    if kind in _NEVER:
        raise CantSkip(f"{_NEVER[kind]} is never skipped: what comes after it would build on a guess.")
    unsettled = Effect.objects.filter(
        run_number=run.pk, path=entry.path, state__in=(Effect.State.INTENDED, Effect.State.UNKNOWN)
    )
    if unsettled.exists():
        raise CantSkip("It isn't known whether this step has written something. That is settled first.")
    if decisions.asked(run) is not None:
        raise CantSkip("Something was made here before. Decide about that instead.")
    return entry, step


def _failed(run: Run) -> StepEntry | None:
    """The newest failed attempt that no later one has followed."""
    failed = StepEntry.objects.filter(run=run, state="fail").order_by("-pk").first()
    if failed is None:
        return None
    later = StepEntry.objects.filter(run=run, path=failed.path, attempt__gt=failed.attempt)
    return None if later.exists() else failed


def _ports(step: Step) -> tuple[str, ...]:
    kind = CATALOG.node_type(step.type)
    known = kind.ports(step.params, CATALOG).outputs if kind is not None else ()
    return tuple(known) or ("main",)


def _check(step: Step, output: Json, port: str) -> None:
    """An operation's output keeps its schema, so that what comes after it finds what it was promised. Nothing at all is allowed:
    whoever needs a field of it then says so."""
    if port not in _ports(step):
        raise OutputRefused(
            f"This step has no way out called {port}; it has {', '.join(_ports(step))}.", "/port"
        )
    operation = _operation(step)
    if output is None or operation is None:
        return
    try:
        validator_for(operation.output).check(output)
    except Failure as failure:
        raise OutputRefused(failure.sentence, f"/output{failure.pointer}") from failure


def _operation(step: Step) -> Operation | None:
    named = str(step.params.get("operation", ""))
    try:
        return registry.operation(named) if named else None
    except LookupError:
        return None


def _record(run: Run, entry: StepEntry, output: Json, port: str, sentence: str) -> None:
    said: dict[str, Any] = {
        "kind": "skipped",
        "code": "skipped",
        "sentence": sentence,
        "pointer": "",
        "info": {},
    }
    now = timezone.now()
    StepEntry.objects.create(
        run=run,
        path=entry.path,
        node=entry.node,
        attempt=entry.attempt + 1,
        spent=entry.spent,
        state="done",
        port=port,
        input=entry.input,
        output=codec.pack(output, klass="step"),
        problem=said,
        started_at=now,
        ended_at=now,
        seq=run.seq + 1,
    )
