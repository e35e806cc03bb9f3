"""A person has a run go on without the step it failed at, or gives it up: with a reason, and never by guessing."""

import pytest

from integrations.effects.models import Effect
from integrations.failures.actions import NotParked
from integrations.failures.decisions import ReasonNeeded
from integrations.failures.giving_up import give_up_all, give_up_on
from integrations.failures.models import Failure, Occurrence
from integrations.failures.skipping import CantSkip, OutputRefused, skip, skippable
from integrations.runs.models import Run, StepEntry
from tests.runs.carrying import arrive, carry, install, output_of, steps_of

pytestmark = pytest.mark.django_db(transaction=True)


def parked() -> Run:
    """A run that waits for a person at “check”; “after” comes next."""
    nodes = {
        "check": {"type": "map", "config": {"fields": {"note": {"$expr": "$event.note"}}}},
        "after": {"type": "map", "config": {"fields": {"was": {"$expr": "$steps.check.note"}}}},
    }
    arrive(install(nodes, "start -> check", "check -> after"), key="box-1")
    (run,) = carry()
    assert (run.state, run.reason) == ("parked", "person")
    return run


def test_the_run_goes_on_with_what_the_person_says_the_step_comes_to() -> None:
    run = parked()
    step = skippable(run)
    assert (step.path, step.ports) == ("check", ("main",))
    assert "note" in step.sentence
    skip(run.pk, by="dana", reason="Checked by hand", output={"note": "by hand"})
    (run,) = carry()
    assert run.state == Run.State.SUCCEEDED
    assert output_of(run, "after") == {"was": "by hand"}
    last = StepEntry.objects.get(run=run, path="check", attempt=2)
    assert (last.state, (last.problem or {})["sentence"]) == ("done", "Skipped by dana: Checked by hand")
    assert Failure.objects.get().state == Failure.State.RESOLVED


def test_without_an_output_whatever_needs_one_says_so() -> None:
    run = parked()
    skip(run.pk, by="dana", reason="Checked by hand")
    (run,) = carry()
    assert (run.state, run.reason) == ("parked", "person")
    assert steps_of(run)["check"] == ["fail", "done"]
    assert steps_of(run)["after"] == ["fail"]


def test_a_reason_is_needed_and_the_port_must_be_one_of_the_steps() -> None:
    run = parked()
    with pytest.raises(ReasonNeeded):
        skip(run.pk, by="dana", reason="  ")
    with pytest.raises(OutputRefused, match="no way out called elsewhere"):
        skip(run.pk, by="dana", reason="So", port="elsewhere")
    assert StepEntry.objects.filter(run=run, path="check").count() == 1


@pytest.mark.parametrize(
    ("kind", "sentence"), [("outcome_unknown", "A write that may have happened"), ("auth", "A sign-in")]
)
def test_what_may_have_happened_and_a_sign_in_are_never_skipped(kind: str, sentence: str) -> None:
    run = parked()
    StepEntry.objects.filter(run=run, path="check").update(problem={"kind": kind, "sentence": "No."})
    with pytest.raises(CantSkip, match=sentence):
        skip(run.pk, by="dana", reason="I believe so")
    assert carry() == []


@pytest.mark.parametrize("state", [Effect.State.INTENDED, Effect.State.UNKNOWN])
def test_a_step_that_may_have_written_something_is_settled_first(state: str) -> None:
    run = parked()
    Effect.objects.create(
        account="a", record="invoice", identity="b", kind="create", state=state, strategy="native", operation="x.y", run=run, run_number=run.pk, flow_key=run.flow_key, path="check", payload_hash="0", intended_at=run.queued_at, request=b""
    )  # fmt: skip
    with pytest.raises(CantSkip, match="isn't known"):
        skip(run.pk, by="dana", reason="I believe so")


def test_a_run_that_went_on_is_left_alone() -> None:
    run = parked()
    Run.objects.filter(pk=run.pk).update(state="queued")
    with pytest.raises(NotParked):
        skip(run.pk, by="dana", reason="So")
    with pytest.raises(NotParked):
        give_up_on(run.pk, by="dana", reason="So")


def test_a_run_that_waits_for_time_has_no_step_to_skip() -> None:
    run = parked()
    Run.objects.filter(pk=run.pk).update(reason="waiting")
    with pytest.raises(CantSkip, match="nothing to skip"):
        skip(run.pk, by="dana", reason="So")


def test_given_up_runs_end_as_failed_with_the_reason_and_close_their_failure() -> None:
    run = parked()
    with pytest.raises(ReasonNeeded):
        give_up_on(run.pk, by="dana", reason="")
    ended = give_up_on(run.pk, by="dana", reason="The deal was a test")
    assert (ended.state, ended.ended_at is not None) == ("failed", True)
    assert Occurrence.objects.get().closed_by == "given up by dana: The deal was a test"
    assert Failure.objects.get().state == Failure.State.RESOLVED
    assert StepEntry.objects.get(run=run, path="start").output is not None


def test_all_runs_of_a_failure_are_given_up_at_once() -> None:
    first = parked()
    event, failure = first.event, Failure.objects.get()
    Run.objects.create(
        environment=first.environment, release=first.release, flow_key=first.flow_key, event=event, state="parked", reason="person", failure=failure, queued_at=first.queued_at
    )  # fmt: skip
    assert give_up_all(failure, by="dana", reason="Not needed") == (2, [])
    assert set(Run.objects.values_list("state", flat=True)) == {"failed"}
