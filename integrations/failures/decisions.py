"""What only a person can decide about an effect: keep what was made, make it again, or say that it never happened.

Each decision is one transaction with its reason, and ends with the run going on.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.effects import ledger
from integrations.effects.models import Effect, EffectKey
from integrations.failures.actions import NotParked
from integrations.runs.models import Run, StepEntry
from integrations.tasks.doorbell import ring

__all__ = ["NoDecision", "keep_first", "make_again", "never_happened"]


class NoDecision(Exception):  # noqa: N818 - a finding, answered with 409
    """The run doesn't wait for this decision."""


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
        _note(effect, f"{by} kept it for run {run.pk}.")
        return _go_on(run)


def make_again(run_id: int, by: str, reason: str) -> Run:
    """It is wanted a second time (the first was voided, or the deal has changed): the next generation of the identity.

    What was made before stays as it is in the far system. Raises `NotParked`, `NoDecision`, `ValueError` without a reason.
    """
    if not reason.strip():
        raise ValueError("Say why it is made again.")
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
        ledger.refuse(effect, f"{by} looked: it never happened.")
        return _go_on(run)


def _waiting(run_id: int, state: Effect.State) -> tuple[Run, StepEntry, Effect]:
    """The parked run, the step it waits at, and the effect in question."""
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != Run.State.PARKED:
        raise NotParked(run)
    step = StepEntry.objects.filter(run=run, state="fail").order_by("-pk").first()
    effect = step.effect if step else None
    if step is None or effect is None or effect.state != state:
        raise NoDecision("This run does not wait for that decision.")
    return run, step, effect


def _note(effect: Effect, text: str) -> None:
    Effect.objects.filter(pk=effect.pk).update(note=text[:500])


def _go_on(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.QUEUED, reason="", waits_for="", due_at=timezone.now(), seq=F("seq") + 1
    )
    transaction.on_commit(ring)
    run.refresh_from_db()
    return run
