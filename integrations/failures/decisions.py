"""What only a person can decide about an effect: keep what was made, credit it and make it anew, make a second one beside
it, or say that it never happened.

Each decision is one transaction with its reason, and ends with the run going on.
"""

from typing import Literal

from django.db import transaction
from django.utils import timezone

from integrations.effects import settling, undoing
from integrations.effects.models import Effect, EffectKey
from integrations.failures.actions import NotParked
from integrations.runs.lanes import queue_parked
from integrations.runs.models import Run, StepEntry
from integrations.tasks.doorbell import ring

__all__ = [
    "Decision",
    "NoDecision",
    "ReasonNeeded",
    "asked",
    "credit_first",
    "decide",
    "keep_first",
    "make_again",
    "never_happened",
    "offered",
]

Decision = Literal["keep_first", "credit_first", "make_again", "never_happened"]
_APPLY: dict[str, tuple[Decision, ...]] = {
    Effect.State.CONFIRMED: ("keep_first", "make_again"),
    Effect.State.UNKNOWN: ("never_happened",),
}


class NoDecision(Exception):  # noqa: N818 - a finding, answered with 409
    """The run doesn't wait for this decision."""


class ReasonNeeded(ValueError):  # noqa: N818 - what is missing, answered with 400
    """The decision may lead to a second record, so it needs a reason."""


def asked(run: Run) -> Effect | None:
    """The effect in question where a run waits for a person: that of its last failed step. None = nothing to decide."""
    step = _failed_step(run)
    return step.effect if step and offered(step.effect) else None


def offered(effect: Effect | None) -> tuple[Decision, ...]:
    """The decisions that apply to what `asked` has found, the gentlest first."""
    if effect is None:
        return ()
    apply = _APPLY.get(effect.state, ())
    if effect.kind != "create" or not undoing.is_offered(effect):
        return apply
    return tuple(
        one for name in apply for one in ((name, "credit_first") if name == "keep_first" else (name,))
    )


def decide(run_id: int, decision: Decision, *, by: str, reason: str = "") -> Run:
    """Settle what the run waits for. Raises `NotParked`, `NoDecision`, `ReasonNeeded`."""
    if decision == "keep_first":
        return keep_first(run_id, by)
    if not reason.strip():
        raise ReasonNeeded("Give a reason first. Nothing was changed.")
    if decision == "never_happened":
        return never_happened(run_id, f"{by} ({reason.strip()})")
    if decision == "credit_first":
        return credit_first(run_id, by, reason)
    return make_again(run_id, by, reason)


def keep_first(run_id: int, by: str) -> Run:
    """What was made before is right: the step takes its result and the run goes on without writing.

    Raises `NotParked`, `NoDecision`.
    """
    with transaction.atomic():
        run, step, effect = _waiting(run_id, Effect.State.CONFIRMED)
        StepEntry.objects.create(
            run=run,
            path=step.path,
            node=step.node,
            attempt=step.attempt + 1,
            spent=step.spent,
            state="done",
            port="main",
            input=step.input,
            output=effect.output,
            effect=effect,
            started_at=timezone.now(),
            ended_at=timezone.now(),
            seq=run.seq + 1,
        )
        undoing.withdraw(effect)
        _note(effect, f"{by} kept it for run {run.pk}.")
        return _go_on(run)


def credit_first(run_id: int, by: str, reason: str) -> Run:
    """What was made is credited (a draft is removed), and the run makes the next generation: one stands in the end.

    Raises `NotParked`, `NoDecision`, `ReasonNeeded`.
    """
    if not reason.strip():
        raise ReasonNeeded("Give a reason for crediting it. Nothing was changed.")
    with transaction.atomic():
        run, _, effect = _waiting(run_id, Effect.State.CONFIRMED)
        if not undoing.is_offered(effect):
            raise NoDecision("What was made can't be credited from here.")
        undoing.ask(effect, by=by, reason=reason.strip(), reissue=True)
        _note(effect, f"{by} had it credited and made anew: {reason.strip()}")
        return _go_on(run)


def make_again(run_id: int, by: str, reason: str) -> Run:
    """It is wanted a second time (the first was voided, or the deal has changed): the next generation of the identity.

    What was made before stays as it is in the far system. Raises `NotParked`, `NoDecision`, `ReasonNeeded`.
    """
    if not reason.strip():
        raise ReasonNeeded("Give a reason for making it again. Nothing was changed.")
    with transaction.atomic():
        run, _, effect = _waiting(run_id, Effect.State.CONFIRMED)
        EffectKey.objects.filter(effect=effect).delete()
        _note(effect, f"{by} had it made again: {reason.strip()}")
        return _go_on(run)


def never_happened(run_id: int, by: str) -> Run:
    """A person looked: the far system has nothing. The identity is free and the run sends its own request.

    Raises `NotParked`, `NoDecision`.
    """
    with transaction.atomic():
        run, _, effect = _waiting(run_id, Effect.State.UNKNOWN)
        settling.refuse(effect, f"{by} looked: it never happened.")
        return _go_on(run)


def _waiting(run_id: int, state: Effect.State) -> tuple[Run, StepEntry, Effect]:
    """The parked run, the step it waits at, and the effect in question."""
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != Run.State.PARKED:
        raise NotParked(run)
    step = _failed_step(run)
    effect = step.effect if step else None
    if step is None or effect is None or effect.state != state:
        raise NoDecision("This run does not wait for that decision.")
    return run, step, effect


def _failed_step(run: Run) -> StepEntry | None:
    """The step at which a run waits for a person; None when it waits for something else or has gone on since."""
    if run.state != Run.State.PARKED or run.reason != "person":
        return None
    failed = StepEntry.objects.filter(run=run, state="fail").select_related("effect").order_by("-pk").first()
    if failed is None:
        return None
    later = StepEntry.objects.filter(run=run, path=failed.path, attempt__gt=failed.attempt)
    return None if later.exists() else failed


def _note(effect: Effect, text: str) -> None:
    Effect.objects.filter(pk=effect.pk).update(note=text[:500])


def _go_on(run: Run) -> Run:
    queue_parked(Run.objects.filter(pk=run.pk))
    transaction.on_commit(ring)
    run.refresh_from_db()
    return run
