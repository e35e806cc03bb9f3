"""Steps that wait for a time: the instant is the journal's, so a run that is taken up again waits no second time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.failures import actions
from integrations.runs import runner as running
from integrations.runs.models import Run, StepEntry
from tests.runs.carrying import arrive, carry, install, steps_of

pytestmark = pytest.mark.django_db
AFTER: Json = {"type": "map", "config": {"fields": {"x": 1}}}


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "close_old_connections", lambda: None)


def waiting() -> Run:
    pause = {"type": "delay", "config": {"amount": {"$expr": "$event.hours"}, "unit": "hours"}}
    arrive(install({"pause": pause, "after": AFTER}, "start -> pause", "pause -> after"), hours=3)
    (run,) = carry()
    return run


def test_a_delay_parks_until_its_instant() -> None:
    run = waiting()
    assert (run.state, run.reason, run.waits_for) == ("parked", "waiting", "")
    assert run.due_at is not None
    assert timedelta(hours=2, minutes=50) < run.due_at - timezone.now() <= timedelta(hours=3)
    assert StepEntry.objects.get(run=run, path="pause").next_at == run.due_at
    assert carry() == []


def test_taking_it_up_early_waits_for_the_same_instant() -> None:
    run = waiting()
    due = run.due_at
    for _ in range(2):
        actions.retry(run.pk, by="somebody")
        (run,) = carry()
        assert (run.state, run.due_at) == ("parked", due)


def test_when_the_instant_has_come_it_goes_on_whatever_happened_between() -> None:
    run = waiting()
    past = timezone.now() - timedelta(minutes=1)
    StepEntry.objects.filter(run=run, path="pause").update(next_at=past)
    Run.objects.filter(pk=run.pk).update(due_at=past)
    (run,) = carry()
    assert run.state == "succeeded"
    assert steps_of(run)["pause"] == ["wait", "done"]


def test_an_attempt_that_was_begun_and_lost_keeps_the_instant() -> None:
    run = waiting()
    due = run.due_at
    first = StepEntry.objects.get(run=run, path="pause")
    first.pk, first.attempt, first.state, first.next_at, first.ended_at = None, 2, "begun", None, None
    first.save(force_insert=True)
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now())
    (run,) = carry()
    assert (run.state, run.due_at) == ("parked", due)
