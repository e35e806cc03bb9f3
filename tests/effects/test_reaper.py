"""Effects whose run won't settle them are settled all the same, and what waits for them goes on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sdk import errors
from integrations.effects import reaper
from integrations.effects.models import Effect
from integrations.engine.outcome import Fail
from integrations.runs.journal import RunJournal
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter
from tests.effects.conftest import World, operation, time_passes

LOST = errors.OutcomeUnknown("The answer was lost.")


@pytest.fixture
def lost(world: World, monkeypatch: pytest.MonkeyPatch) -> Effect:
    """A document that was made, and whose answer was lost; its run waits for a while."""
    world.far.native = False
    world.far.after = [LOST]
    run = world.run()
    with pytest.raises(errors.Transient):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")
    monkeypatch.setattr(reaper, "call_on", lambda *_: world.far)
    time_passes()
    return Effect.objects.get()


def parked(effect: Effect, **state: Any) -> None:
    given: dict[str, Any] = {"state": Run.State.PARKED, "reason": "person", "due_at": None, **state}
    Run.objects.filter(pk=effect.run_id or 0).update(**given)


@pytest.mark.parametrize(
    "state",
    [
        {"state": Run.State.CANCELLED, "reason": ""},
        {"reason": "person"},
        {"reason": "reconnect"},
        {"reason": "retry", "due_at": timezone.now() + timedelta(hours=2)},
    ],
)
def test_an_effect_whose_run_will_not_look_is_looked_up(
    world: World, lost: Effect, state: dict[str, Any]
) -> None:
    parked(lost, **state)
    assert reaper.settle_due(InlineWriter()) == 1
    lost.refresh_from_db()
    assert (lost.state, lost.far_id, len(world.far.sent)) == ("confirmed", "F-1", 1)


@pytest.mark.parametrize(
    "state", [{"state": Run.State.RUNNING}, {"reason": "retry", "due_at": timezone.now()}]
)
def test_a_run_that_is_about_to_look_is_left_to_it(world: World, lost: Effect, state: dict[str, Any]) -> None:
    parked(lost, **state)
    assert reaper.settle_due(InlineWriter()) == 0


def test_those_who_wait_for_it_and_its_own_run_go_on(world: World, lost: Effect) -> None:
    waiting = world.run()
    Run.objects.filter(pk=waiting.pk).update(
        state=Run.State.PARKED, waits_for=f"effect:{lost.pk}", due_at=None
    )
    run = world.claimed_again(Run.objects.get(pk=lost.run_number))
    journal = RunJournal(run, InlineWriter())
    journal.met("make", lost.pk)
    journal.record("make", node="make", attempt=2, outcome=Fail(errors.OutcomeUnknown("Look there.")))
    journal.commit(lambda: None)
    parked(lost)

    reaper.settle_due(InlineWriter())

    assert {one.due_at is not None for one in Run.objects.filter(state=Run.State.PARKED)} == {True}


def test_a_look_up_that_fails_is_tried_again_later(
    world: World, lost: Effect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise errors.Transient("Nobody there.")

    monkeypatch.setattr(reaper, "call_on", unreachable)
    parked(lost)
    reaper.settle_due(InlineWriter())
    lost.refresh_from_db()
    assert (lost.state, lost.note) == ("unknown", "Nobody there.")
    assert lost.look_at is not None
    assert lost.look_at > timezone.now()


def test_what_was_never_sent_is_sent_after_two_empty_looks_even_if_the_run_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.far.native = False
    world.far.before = [LOST]
    run = world.run()
    with pytest.raises(errors.Transient):
        world.write(run, operation("lookup"), {"total": "10.00"}, "box-1")
    monkeypatch.setattr(reaper, "call_on", lambda *_: world.far)
    Run.objects.filter(pk=run.pk).update(state=Run.State.CANCELLED)
    for _ in range(2):
        time_passes()
        reaper.settle_due(InlineWriter())
    assert (Effect.objects.get().state, len(world.far.sent), len(world.far.documents)) == ("confirmed", 2, 1)


def test_without_a_strategy_nobody_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.far.before = [LOST]
    with pytest.raises(errors.OutcomeUnknown):
        world.write(world.run(), operation("none"), {"total": "10.00"}, "box-1")
    Run.objects.update(state=Run.State.CANCELLED)
    time_passes()
    assert reaper.settle_due(InlineWriter()) == 0
