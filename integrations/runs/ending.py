"""How a run's turn ends in the database: over for good, or parked for a time, for somebody else, or for a person.

Everything here is written in the writer's transaction, after the journal's fence was checked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.approvals.asking import is_settled
from integrations.effects.models import Effect
from integrations.engine.outcome import Finished, Parked, Turn
from integrations.failures.capture import capture, close_occurrences
from integrations.releases.plans import settings_of
from integrations.runs.flow_limits import is_limited
from integrations.runs.hand_over import Ending
from integrations.runs.journal import RunJournal
from integrations.runs.lanes import pass_on
from integrations.runs.models import Run
from integrations.runs.worth import Worth
from integrations.tasks.doorbell import ring

__all__ = ["end", "park"]

EFFECT_WAIT = timedelta(seconds=30)  # the longest a run sleeps on another run's effect before it looks again
FOR_PEOPLE = {"person", "reconnect"}


def end(run: Run, journal: RunJournal, turn: Turn, money: Worth) -> None:
    """Commit how the turn ended. Raises `FenceLost` when the run isn't ours any more."""
    if isinstance(turn, Finished):
        ending = Ending(turn.result, timezone.now(), money.amount, money.currency)
        journal.finish(ending, _after(run))
    else:
        journal.commit(lambda: park(run, turn, money))
    if run.lane_id is not None or is_limited(run.environment_id, run.flow_key):
        ring()  # another run's turn may have come


def _after(run: Run) -> list[Callable[[], Any]]:
    """What else is written when a run is over: nothing, for most."""
    writes: list[Callable[[], Any]] = []
    if run.failure_id is not None:
        writes.append(lambda: close_occurrences([run.pk], by="finished"))
    lane_id = run.lane_id
    if lane_id is not None:
        writes.append(lambda: pass_on(lane_id, run.pk, timezone.now()))
    return writes


def park(run: Run, turn: Parked, money: Worth) -> None:
    """The run waits: for a time, for an effect, or for a person."""
    failure = None
    if turn.failure is not None and turn.reason in FOR_PEOPLE:
        failure = capture(run, turn)
    elif run.failure_id is not None:
        close_occurrences([run.pk], by="went on")
    known = {"amount": money.amount, "currency": money.currency} if money.amount is not None else {}
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.PARKED,
        reason=turn.reason,
        waits_for=turn.token,
        due_at=_due(turn),
        lease_owner="",
        lease_until=None,
        suspect=False,
        failure=failure,
        **known,
    )
    if run.lane_id is not None and _waits_for_people(turn) and _lets_pass(run):
        pass_on(run.lane_id, run.pk, timezone.now())


def _waits_for_people(turn: Parked) -> bool:
    """A question that expires doesn't count: the run would go on by itself, out of its turn."""
    return turn.reason in FOR_PEOPLE or (turn.token.startswith("approval:") and turn.until is None)


def _lets_pass(run: Run) -> bool:
    """A run that waits for a person holds its lane, unless the flow says that the next may pass."""
    lane = settings_of(run.release_id).get("lane") or {}
    return bool(lane.get("when_parked") == "pass")


def _due(turn: Parked) -> datetime | None:
    """The earliest of all it waits for: items of a loop may wait for several things at once."""
    now = timezone.now()
    of_effect = turn.token.startswith("effect:")
    if is_settled(turn.token) or (of_effect and _settled(int(turn.token.removeprefix("effect:")))):
        return now
    times = [turn.until] if turn.until is not None else []
    if turn.after is not None:
        times.append(now + timedelta(seconds=turn.after))
    return min(times, default=now + EFFECT_WAIT if of_effect else None)


def _settled(effect_id: int) -> bool:
    """Was the effect settled between our meeting it and this commit? The row lock orders us with the settlement."""
    effect = Effect.objects.select_for_update().filter(pk=effect_id).first()
    return effect is None or effect.state in {Effect.State.CONFIRMED, Effect.State.REFUSED}
