"""How a run's turn ends, whatever happens in it: nothing is lost, and nobody is left holding it."""

from collections.abc import Callable
from typing import Any

import pytest

from integrations.engine.outcome import Done, Finished
from integrations.engine.plan import Plan
from integrations.failures.models import Failure, Occurrence
from integrations.runs import runner as running
from integrations.runs.calls import HandedBack
from integrations.runs.lease import Leases
from integrations.runs.models import Run, StepEntry
from integrations.runs.runner import Runner
from integrations.runs.writer import FenceLost, InlineWriter
from tests.effects.conftest import World, world

__all__ = ["world"]

Turn = Callable[[Any], Any]


@pytest.fixture
def advance(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Turn], Run]:
    """Advance a fresh run whose turn is the given function of its journal; returns the run as it then is."""
    plan = Plan(key="flow", digest="d", steps=(), edges=())
    monkeypatch.setattr(running, "close_old_connections", lambda: None)  # the test's own is still needed
    monkeypatch.setattr(running, "plan_of", lambda _release: plan)
    monkeypatch.setattr("integrations.failures.capture.plan_of", lambda _release: plan)

    def carry(turn: Turn) -> Run:
        monkeypatch.setattr(running, "advance", lambda _plan, journal, _context, _given: turn(journal))
        run, writer = world.run(), InlineWriter()
        Runner(writer, Leases("test", writer)).advance(run)
        run.refresh_from_db()
        return run

    return carry


def step(journal: Any) -> None:
    journal.record("deal", node="deal", attempt=1, outcome=Done({"a": 1}))


def test_a_turn_that_ends_is_written_once_and_nobody_holds_it(advance: Callable[[Turn], Run]) -> None:
    def turn(journal: Any) -> Finished:
        step(journal)
        return Finished("filtered")

    run = advance(turn)
    assert (run.state, run.result, run.lease_owner, run.due_at) == ("succeeded", "filtered", "", None)
    assert StepEntry.objects.get().state == "done"


def test_a_run_is_handed_back_with_what_it_has_done_when_the_slice_is_over(
    advance: Callable[[Turn], Run],
) -> None:
    def turn(journal: Any) -> Finished:
        step(journal)
        raise HandedBack

    run = advance(turn)
    assert (run.state, run.lease_owner, run.deaths) == ("queued", "", 0)
    assert run.due_at is not None
    assert StepEntry.objects.get().state == "done"


def test_a_bug_parks_the_run_for_a_person_with_its_traceback(advance: Callable[[Turn], Run]) -> None:
    def turn(journal: Any) -> Finished:
        step(journal)
        raise ZeroDivisionError("by nothing")

    run = advance(turn)
    assert (run.state, run.reason) == ("parked", "person")
    failure = Failure.objects.get()
    assert (failure.kind, failure.code, failure.verdict) == ("bug", "ZeroDivisionError", "system")
    assert "by nothing" in Occurrence.objects.get().detail
    assert "by nothing" not in failure.sentence
    assert StepEntry.objects.get().state == "done"


def test_a_write_that_can_never_be_committed_parks_the_run_all_the_same(
    advance: Callable[[Turn], Run],
) -> None:
    def spoil() -> None:
        raise ValueError("this row can't be written")

    def turn(journal: Any) -> Finished:
        journal.ride_along(spoil)
        return Finished()

    run = advance(turn)
    assert (run.state, run.reason) == ("parked", "person")


def test_a_run_that_was_taken_away_is_dropped_without_a_word(advance: Callable[[Turn], Run]) -> None:
    def turn(_journal: Any) -> Finished:
        Run.objects.update(fence=7)
        raise FenceLost("taken")

    run = advance(turn)
    assert (run.state, run.fence) == ("running", 7)
    assert not Failure.objects.exists()
