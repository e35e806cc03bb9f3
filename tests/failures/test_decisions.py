"""What a person decides about an effect, and that the run then goes on, once."""

from dataclasses import replace

import pytest
from django.utils import timezone

from connectors.sdk import errors
from connectors.sdk.operation import Asked, Call, Compensation, Remedy, Write
from integrations.effects.models import Effect, Undoing
from integrations.engine.outcome import Fail
from integrations.failures import decisions
from integrations.failures.actions import NotParked
from integrations.runs.journal import RunJournal
from integrations.runs.models import Run, StepEntry
from integrations.runs.writer import InlineWriter
from tests.effects.conftest import World, operation, world

__all__ = ["world"]

LOST = errors.OutcomeUnknown("The answer was lost.")


def held(
    world: World, total: str = "12.00", strategy: str = "native", operation_: Write | None = None
) -> Run:
    """A run that waits for a person at the step that would write `total` for box-1."""
    run = world.run()
    try:
        world.write(run, operation_ or operation(strategy), {"total": total}, "box-1")
    except errors.Failure as failure:
        journal = RunJournal(run, InlineWriter())
        journal.met("make", Effect.objects.latest("pk").pk)
        journal.record("make", node="make", attempt=1, outcome=Fail(failure))
        journal.commit(lambda: None)
    Run.objects.filter(pk=run.pk).update(state="parked", reason="person", due_at=None)
    return run


def claimed(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state="running", due_at=timezone.now())
    run.refresh_from_db()
    return run


def test_keeping_the_first_takes_its_result_without_writing(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)

    assert decisions.keep_first(run.pk, "dana").state == "queued"

    latest = RunJournal(claimed(run), InlineWriter()).last("make")
    assert latest is not None
    assert (latest.state, latest.output["id"]) == ("done", "F-1")
    assert len(world.far.sent) == 1


def test_making_it_again_is_the_next_generation_with_its_own_marks(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)

    decisions.make_again(run.pk, "dana", "The customer ordered more.")
    world.write(claimed(run), operation(), {"total": "12.00"}, "box-1")

    assert list(Effect.objects.order_by("generation").values_list("generation", "far_id")) == [
        (1, "F-1"),
        (2, "F-2"),
    ]
    assert world.far.sent[0].json["guid"] != world.far.sent[1].json["guid"]
    assert "ordered more" in Effect.objects.get(generation=1).note


def test_what_was_made_again_is_met_by_later_runs(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    decisions.make_again(run.pk, "dana", "More.")
    world.write(claimed(run), operation(), {"total": "12.00"}, "box-1")

    assert world.write(world.run(), operation(), {"total": "12.00"}, "box-1")["id"] == "F-2"
    assert len(world.far.sent) == 2


def test_a_reason_is_needed_to_make_it_again(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    with pytest.raises(ValueError, match="reason"):
        decisions.make_again(held(world).pk, "dana", "  ")


def test_what_never_happened_is_sent_again(world: World) -> None:
    world.far.before = [LOST]
    run = held(world, "10.00", "none")
    assert Effect.objects.get().state == "unknown"

    decisions.never_happened(run.pk, "dana")
    world.write(claimed(run), operation("none"), {"total": "10.00"}, "box-1")

    assert Effect.objects.get().state == "confirmed"
    assert len(world.far.documents) == 1


def test_a_decision_needs_a_run_that_waits_for_it(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    with pytest.raises(decisions.NoDecision):
        decisions.never_happened(run.pk, "dana")
    decisions.keep_first(run.pk, "dana")
    with pytest.raises(NotParked):
        decisions.keep_first(run.pk, "dana")
    assert StepEntry.objects.filter(run=run).count() == 2


def test_what_is_asked_is_the_effect_of_the_step_the_run_waits_at(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    run.refresh_from_db()
    assert decisions.offered(decisions.asked(run)) == ("keep_first", "make_again")


@pytest.mark.parametrize("change", [{"reason": "retry"}, {"state": "running"}, {"state": "cancelled"}])
def test_a_run_that_waits_for_no_person_asks_nothing(world: World, change: dict[str, str]) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    Run.objects.filter(pk=run.pk).update(**change)
    run.refresh_from_db()
    assert decisions.offered(decisions.asked(run)) == ()


def test_a_step_that_was_tried_again_since_asks_nothing_about_the_attempt_before(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    now = timezone.now()
    StepEntry.objects.create(
        run=run, path="make", node="make", attempt=2, state="begun", started_at=now, seq=9
    )
    run.refresh_from_db()
    assert decisions.asked(run) is None
    with pytest.raises(decisions.NoDecision):
        decisions.make_again(run.pk, "dana", "Again.")


def test_a_decision_that_may_write_twice_needs_a_reason(world: World) -> None:
    world.far.before = [LOST]
    run = held(world, "10.00", "none")
    with pytest.raises(decisions.ReasonNeeded):
        decisions.decide(run.pk, "never_happened", by="dana", reason=" ")
    assert decisions.decide(run.pk, "never_happened", by="dana", reason="Looked.").state == "queued"
    assert "dana (Looked.)" in Effect.objects.get().note


def test_crediting_is_offered_only_where_the_operation_says_how_and_ends_with_one_of_each(
    world: World,
) -> None:
    credited: list[str] = []
    made = with_credit(credited)
    world.write(world.run(), made, {"total": "10.00"}, "box-1")
    run = held(world, operation_=made)
    run.refresh_from_db()
    assert decisions.offered(decisions.asked(run)) == ("keep_first", "credit_first", "make_again")

    decisions.decide(run.pk, "credit_first", by="dana", reason="Ordered more.")
    world.write(claimed(run), made, {"total": "12.00"}, "box-1")

    assert credited == ["F-1"]
    assert [
        (one.generation, one.far_id) for one in Effect.objects.filter(identity="box-1").order_by("pk")
    ] == [
        (1, "F-1"),
        (2, "F-3"),
    ]
    asked = Undoing.objects.get()
    assert (asked.state, asked.by, asked.reason, asked.reissue) == ("done", "dana", "Ordered more.", True)


def test_crediting_needs_a_reason_and_something_that_can_be_credited(world: World) -> None:
    world.write(world.run(), operation(), {"total": "10.00"}, "box-1")
    run = held(world)
    with pytest.raises(decisions.ReasonNeeded):
        decisions.decide(run.pk, "credit_first", by="dana")
    with pytest.raises(decisions.NoDecision):
        decisions.decide(run.pk, "credit_first", by="dana", reason="More.")


def test_what_could_not_be_credited_can_be_kept_after_all(world: World) -> None:
    made = with_credit([])
    world.write(world.run(), made, {"total": "10.00"}, "box-1")
    run = held(world, operation_=made)
    decisions.decide(run.pk, "credit_first", by="dana", reason="Ordered more.")
    world.far.before = [errors.Data("The period is closed.")]
    run = claimed(run)
    with pytest.raises(errors.Data):
        world.write(run, made, {"total": "12.00"}, "box-1")
    journal = RunJournal(run, InlineWriter())
    journal.met("make", Effect.objects.get(identity="box-1").pk)
    journal.record("make", node="make", attempt=3, outcome=Fail(errors.Data("The period is closed.")))
    journal.commit(lambda: None)
    Run.objects.filter(pk=run.pk).update(state="parked", reason="person", due_at=None)

    decisions.keep_first(run.pk, "dana")

    assert not Undoing.objects.exists()
    assert world.write(world.run(), made, {"total": "10.00"}, "box-1")["id"] == "F-1"


def with_credit(credited: list[str]) -> Write:
    """`make_document` that is undone by another document."""

    def offer(_call: Call, far_id: str, asked: Asked) -> Remedy:
        credited.append(far_id)
        data = {"total": "-10.00", "name": asked.reason}
        return Remedy("far.make_document", data, f"Credit {far_id}", "It is credited.")

    return replace(operation(), compensation=Compensation("Credit this document", offer))
