"""Runs of one record go one at a time, in the order they arrived, while other records proceed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.failures.actions import cancel, give_up, retry
from integrations.ingress.intake import trigger_manually
from integrations.releases.models import Environment, Release
from integrations.runs import claim as claiming
from integrations.runs.lanes import pass_on, queue_parked, waiting_in
from integrations.runs.models import Lane, Run
from integrations.runs.writer import InlineWriter

pytestmark = pytest.mark.django_db(transaction=True)
LANE: Json = {"lane": {"key": "$event.key"}}


@pytest.fixture
def environment() -> Environment:
    return Environment.objects.create(key="dev", name="Development")


def release(environment: Environment, settings: Json) -> Release:
    return Release.objects.create(
        environment=environment,
        flow_key="flow",
        flow_name="Flow",
        number=1,
        digest="d",
        plan={"settings": settings},
        graph={},
        active=True,
    )


def arrive(environment: Environment, key: str, number: int = 0) -> Run:
    _, (run,) = trigger_manually(environment, "flow", "start", {"key": key, "number": number}, "test")
    return run


def claimed(limit: int = 10) -> list[int]:
    return [run.pk for run in InlineWriter().write(lambda: claiming.claim("test", limit))]


def end(run_id: int, state: str = "succeeded") -> None:
    """The run's turn is over, as its runner would write it."""
    run = Run.objects.get(pk=run_id)
    Run.objects.filter(pk=run_id).update(
        state=state, lease_until=None, lease_owner="", ended_at=timezone.now()
    )
    if run.lane_id is not None:
        pass_on(run.lane_id, run_id, timezone.now())


def park(run_id: int) -> None:
    Run.objects.filter(pk=run_id).update(
        state="parked", reason="person", due_at=None, lease_until=None, lease_owner=""
    )


def test_ten_quick_changes_of_one_record_go_in_order_while_others_proceed(environment: Environment) -> None:
    release(environment, LANE)
    changes = [arrive(environment, "box-1", number).pk for number in range(10)]
    other = arrive(environment, "box-2").pk

    order = []
    assert claimed() == [changes[0], other]
    for expected in changes:
        assert claimed() in ([], [expected])
        order.append(expected)
        assert Run.objects.filter(lane__key="box-1", state="running").count() == 1
        end(expected)
    assert order == changes
    assert Lane.objects.get(key="box-1").holder is None


def test_a_run_parked_for_a_person_holds_its_lane_and_one_can_see_what_it_blocks(
    environment: Environment,
) -> None:
    release(environment, LANE)
    first, second = arrive(environment, "box"), arrive(environment, "box")
    assert claimed() == [first.pk]
    park(first.pk)

    assert claimed() == []
    assert waiting_in(first.lane_id or 0) == 1
    retry(first.pk, by="dana")
    assert claimed() == [first.pk]
    end(first.pk)
    assert claimed() == [second.pk]


def test_a_run_that_let_others_pass_is_next_when_it_is_retried(environment: Environment) -> None:
    release(environment, LANE)
    runs = [arrive(environment, "box").pk for _ in range(3)]
    claimed()
    park(runs[0])
    pass_on(Lane.objects.get().pk, runs[0], timezone.now())
    assert claimed() == [runs[1]]

    assert queue_parked(Run.objects.filter(pk=runs[0])) == 1
    assert claimed() == []  # the second has its turn
    end(runs[1])
    assert claimed() == [runs[0]]
    end(runs[0])
    assert claimed() == [runs[2]]


def test_a_retry_from_the_start_takes_the_parked_runs_place(environment: Environment) -> None:
    release(environment, LANE)
    first, second = arrive(environment, "box"), arrive(environment, "box")
    claimed()
    park(first.pk)

    again = retry(first.pk, mode="start", by="dana")
    assert (again.lane_id, again.place) == (first.lane_id, first.place)
    assert claimed() == [again.pk]
    end(again.pk)
    assert claimed() == [second.pk]


@pytest.mark.parametrize("stop", [cancel, give_up])
def test_the_lane_goes_on_when_its_holder_is_stopped(environment: Environment, stop: type) -> None:
    release(environment, LANE)
    first, second = arrive(environment, "box"), arrive(environment, "box")
    claimed()
    stop(first.pk, "dana")
    assert claimed() == [second.pk]


def test_a_run_whose_lane_cannot_be_told_goes_by_itself(environment: Environment) -> None:
    release(environment, {"lane": {"key": "$event.nothing.at.all"}})
    runs = [arrive(environment, "box").pk for _ in range(2)]
    assert claimed() == runs
    assert not Lane.objects.exists()


def test_quick_changes_are_one_run_after_a_quiet_while(environment: Environment) -> None:
    release(environment, {**LANE, "debounce_seconds": 60})
    runs = [arrive(environment, "box", number) for number in range(5)]

    states = list(Run.objects.order_by("pk").values_list("state", "result"))
    assert states == [("succeeded", "superseded")] * 4 + [("queued", "")]
    last = Run.objects.get(pk=runs[-1].pk)
    assert last.due_at is not None
    assert last.due_at > timezone.now() + timedelta(seconds=30)
    assert claimed() == []


def test_a_record_that_never_rests_is_carried_all_the_same(environment: Environment) -> None:
    release(environment, {**LANE, "debounce_seconds": 60})
    arrive(environment, "box")
    Lane.objects.update(quiet_since=timezone.now() - timedelta(seconds=700))
    newest = arrive(environment, "box")
    assert claimed() == [newest.pk]


def test_a_change_while_the_record_is_worked_on_waits_for_it(environment: Environment) -> None:
    release(environment, {**LANE, "debounce_seconds": 0.001})
    first = arrive(environment, "box")
    Run.objects.update(due_at=timezone.now())
    assert claimed() == [first.pk]
    second = arrive(environment, "box")
    assert claimed() == []
    end(first.pk)
    assert claimed() == [second.pk]
