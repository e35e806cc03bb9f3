"""The journal on our tables: what is recorded is found again, and nobody writes to a run that isn't theirs any more."""

from typing import Any

import pytest
from django.db import OperationalError

from connectors.sdk import errors
from connectors.sdk.wire import Exchange as WireExchange
from integrations.engine.outcome import Done, Fail, Outcome, Retry, Wait
from integrations.failures.actions import cancel
from integrations.payloads import codec
from integrations.payloads.models import Payload
from integrations.runs import writer as writing
from integrations.runs.journal import RunJournal
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.runs.writer import FenceLost, InlineWriter
from tests.effects.conftest import World, world

__all__ = ["world"]

CALL = WireExchange("GET", "http://far/x", 200, 12.3456, None, {"a": 1})


def journal_of(run: Run) -> RunJournal:
    return RunJournal(run, InlineWriter())


def again(run: Run) -> RunJournal:
    """The journal as the next process to claim the run finds it."""
    Run.objects.filter(pk=run.pk).update(state="running", fence=run.fence + 1)
    run.refresh_from_db()
    return journal_of(run)


def test_a_recorded_step_is_found_again_with_its_output(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    journal.begin("deal", node="deal", attempt=1, input={"key": "b"})
    journal.record("deal", node="deal", attempt=1, outcome=Done({"name": "Acme"}, port="main"))
    journal.skip("other", node="other")
    journal.commit(lambda: None)

    later = again(run)
    deal, other = later.last("deal"), later.last("other")
    assert deal is not None
    assert other is not None
    assert (deal.state, deal.output, deal.port, other.state) == ("done", {"name": "Acme"}, "main", "skipped")
    assert later.outputs() == {"deal": {"name": "Acme"}, "other": None}
    assert codec.unpack(StepEntry.objects.get(path="deal").input) == {"key": "b"}


def test_attempts_that_count_are_told_from_those_that_do_not(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    busy = errors.RateLimited("Slow down.", retry_after=1)
    down = errors.Transient("Down.")
    outcomes: list[Outcome] = [
        Retry(1, busy, "rate", counts=False),
        Retry(1, down),
        Wait("effect", None, "effect:1"),
        Fail(down),
    ]
    for attempt, outcome in enumerate(outcomes, 1):
        journal.record("make", node="make", attempt=attempt, outcome=outcome)
    journal.commit(lambda: None)

    latest = again(run).last("make")
    assert latest is not None
    assert (latest.attempt, latest.spent, latest.state) == (4, 0, "fail")
    assert [row.state for row in StepEntry.objects.order_by("attempt")] == ["retry", "retry", "wait", "fail"]
    assert [row.spent for row in StepEntry.objects.order_by("attempt")] == [0, 1, 1, 2]


def test_a_failed_attempt_keeps_its_sentence_and_no_payloads(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    conflict = errors.Conflict("Differs.", info={"confirmed": {"iban": "X"}, "intended": {}, "effect": 3})
    journal.record("make", node="make", attempt=1, outcome=Fail(conflict))
    journal.commit(lambda: None)

    problem = StepEntry.objects.get().problem
    assert problem is not None
    assert (problem["sentence"], problem["info"]) == ("Differs.", {"effect": 3})


def test_a_large_output_stands_in_a_row_of_its_own(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    numbers = [str(number * 7919 % 104729) for number in range(20_000)]
    journal.record("many", node="many", attempt=1, outcome=Done(numbers))
    journal.commit(lambda: None)

    latest = again(run).last("many")
    assert latest is not None
    assert latest.output == numbers
    assert Payload.objects.count() == 1
    assert len(StepEntry.objects.get().output or b"") < codec.INLINE_LIMIT


def test_calls_are_recorded_once_even_if_the_hand_over_is_replayed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit went through, its answer was lost: the batch is written again, whole."""
    write, answers = writing._write, iter([True, False])

    def lossy(works: Any) -> Any:
        written = write(works)
        if next(answers):
            raise OperationalError("server closed the connection")
        return written

    run = world.run()
    journal = journal_of(run)
    journal.exchange("deal", 1, CALL)
    journal.record("deal", node="deal", attempt=1, outcome=Done({"a": 1}))
    monkeypatch.setattr(writing, "_write", lossy)
    monkeypatch.setattr(writing, "forget_broken", lambda: None)  # the test's own is still needed
    journal.commit(lambda: None)

    assert Exchange.objects.get().ms == pytest.approx(12.35)
    assert StepEntry.objects.count() == 1


def test_a_journal_whose_fence_is_lost_writes_nothing(world: World) -> None:
    run = world.run()
    stale = journal_of(run)
    Run.objects.update(fence=2)

    stale.record("make", node="make", attempt=1, outcome=Done({}))
    with pytest.raises(FenceLost):
        stale.commit(lambda: Payload.objects.create(id="0" * 32, klass="step", blob=b""))

    assert not StepEntry.objects.exists()
    assert not Payload.objects.exists()


def test_a_cancelled_run_is_dropped_by_whoever_advances_it(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    assert cancel(run.pk, "dana").state == "cancelled"

    journal.record("make", node="make", attempt=1, outcome=Done({}))
    with pytest.raises(FenceLost):
        journal.commit(lambda: None)


def test_a_lost_fence_shows_at_the_next_wait_even_if_nobody_waited_then(world: World) -> None:
    run = world.run()
    journal = journal_of(run)
    Run.objects.update(fence=2)
    journal.exchange("deal", 1, CALL)
    journal.flush()
    Run.objects.update(fence=1)

    with pytest.raises(FenceLost):
        journal.commit(lambda: None)
