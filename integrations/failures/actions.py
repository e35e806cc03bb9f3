"""What a person may do about a run that waits: retry, cancel, resolve, ignore, note. Every act says what it will do first."""

from typing import Any, Literal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.approvals.asking import withdraw
from integrations.effects.models import Effect
from integrations.failures.capture import close_occurrences
from integrations.failures.models import Failure
from integrations.payloads import codec
from integrations.releases.models import Release
from integrations.runs.lanes import pass_on, stand_in, take_turn_again
from integrations.runs.models import Run, StepEntry
from integrations.tasks.doorbell import ring

__all__ = ["NotParked", "cancel", "give_up", "ignore", "note", "resolve", "retry", "retry_all", "retry_plan"]

Mode = Literal["step", "start"]
ReleaseChoice = Literal["same", "current"]


class NotParked(Exception):  # noqa: N818 - a finding, answered with 409
    """The run is not waiting (any more); nothing was changed."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"Run {run.pk} is {run.state}, it is not waiting.")
        self.run = run


def retry(
    run_id: int, *, mode: Mode = "step", release: ReleaseChoice = "same", input: Json = None, by: str
) -> Run:
    """Retry a parked run.

    "step" resumes it where it waits, attempt n+1. "start", another release or edited input makes a new run with
    `retry_of` and cancels the parked one in the same transaction. Returns the run that goes on. Raises `NotParked`.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state != Run.State.PARKED:
            raise NotParked(run)
        if mode == "step" and release == "same" and input is None:
            goes_on = _resume(run)
        else:
            goes_on = _again(run, release=release, input=input, by=by)
        transaction.on_commit(ring)
    return goes_on


def _resume(run: Run) -> Run:
    due_at = take_turn_again(run, timezone.now())
    changed = Run.objects.filter(pk=run.pk, state=Run.State.PARKED).update(
        state=Run.State.QUEUED, reason="", waits_for="", due_at=due_at, seq=F("seq") + 1
    )
    if not changed:
        raise NotParked(run)
    _ask_again(run)
    run.refresh_from_db()
    return run


def _ask_again(run: Run) -> None:
    """Have everything that failed or is to be retried tried again now: the journal tells the engine that a person asked."""
    StepEntry.objects.filter(run=run, state__in=("fail", "retry")).update(next_at=timezone.now())


def _again(run: Run, *, release: ReleaseChoice, input: Json, by: str) -> Run:
    """A new run in the parked one's place, also in its lane."""
    now = timezone.now()
    due_at = take_turn_again(run, now)
    _end(run, Run.State.CANCELLED, by=f"retried by {by}")
    made = Run.objects.create(
        environment_id=run.environment_id,
        release_id=_release(run, release),
        flow_key=run.flow_key,
        event_id=run.event_id,
        title=run.title,
        state=Run.State.QUEUED,
        due_at=due_at,
        queued_at=now,
        retry_of=run,
        lane_id=run.lane_id,
        place=run.place,
        input_edit=codec.pack(input, klass="event") if input is not None else run.input_edit,
    )
    if run.lane_id is not None:
        stand_in(made.pk, run.lane_id, instead_of=run.pk)
    return made


def _release(run: Run, choice: ReleaseChoice) -> int:
    if choice == "same":
        return run.release_id
    current = Release.objects.filter(
        environment_id=run.environment_id, flow_key=run.flow_key, active=True
    ).first()
    return current.pk if current else run.release_id


def cancel(run_id: int, by: str) -> Run:
    """Cancel a queued, parked or running run; answers with the state it reached. What was written stays written."""
    return _ended(run_id, Run.State.CANCELLED, by)


def give_up(run_id: int, by: str) -> Run:
    """End a run as failed: it could not be done, and nobody tries any more. Answers with the state it reached."""
    return _ended(run_id, Run.State.FAILED, by)


def _ended(run_id: int, state: Run.State, by: str) -> Run:
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        if run.state not in Run.TERMINAL:
            _end(run, state, by=by)
            if run.lane_id is not None and pass_on(run.lane_id, run.pk, timezone.now()):
                transaction.on_commit(ring)
            run.refresh_from_db()
    return run


def _end(run: Run, state: Run.State, *, by: str) -> None:
    """A new fence makes whoever advances it now drop it before its next write."""
    Run.objects.filter(pk=run.pk).exclude(state__in=Run.TERMINAL).update(
        state=state,
        reason="",
        waits_for="",
        due_at=None,
        lease_owner="",
        lease_until=None,
        suspect=False,
        fence=F("fence") + 1,
        seq=F("seq") + 1,
        failure=None,
        ended_at=timezone.now(),
    )
    close_occurrences([run.pk], by=by)
    withdraw(run.pk)


def retry_plan(run: Run) -> dict[str, Any]:
    """What a retry at the step would do: steps reused, run again, effects confirmed (skipped) and unknown (looked up)."""
    latest: dict[str, StepEntry] = {}
    for row in StepEntry.objects.filter(run=run).order_by("path", "attempt").defer("input", "output"):
        latest[row.path] = row
    done = {path for path, row in latest.items() if row.state in {"done", "skipped"}}
    effects = list(Effect.objects.filter(run_number=run.pk).order_by("pk"))
    return {
        "reused": [path for path in latest if path in done],
        "again": [path for path in latest if path not in done],
        "confirmed": [effect for effect in effects if effect.state == Effect.State.CONFIRMED],
        "unknown": [
            effect for effect in effects if effect.state in {Effect.State.INTENDED, Effect.State.UNKNOWN}
        ],
    }


def retry_all(failure: Failure, *, mode: Mode = "step", by: str) -> tuple[int, list[int]]:
    """Retry every run parked on this failure. Returns how many go on, and the ids that were not parked any more."""
    skipped: list[int] = []
    retried = 0
    for run_id in Run.objects.filter(failure=failure, state=Run.State.PARKED).values_list("pk", flat=True):
        try:
            retry(run_id, mode=mode, by=by)
        except NotParked:
            skipped.append(run_id)
        else:
            retried += 1
    return retried, skipped


def resolve(failure: Failure, by: str) -> None:
    """Close the group by hand. Runs that still wait keep waiting and say so."""
    _set_state(failure, Failure.State.RESOLVED)


def ignore(failure: Failure, by: str) -> None:
    """Nobody needs to look: the group is ignored and its waiting runs are cancelled."""
    for run_id in Run.objects.filter(failure=failure, state=Run.State.PARKED).values_list("pk", flat=True):
        cancel(run_id, by)
    _set_state(failure, Failure.State.IGNORED)


def note(failure: Failure, text: str) -> None:
    """Keep a note for the next person."""
    Failure.objects.filter(pk=failure.pk).update(note=text[:10_000])


def _set_state(failure: Failure, state: Failure.State) -> None:
    Failure.objects.filter(pk=failure.pk).update(state=state)
    failure.refresh_from_db()
