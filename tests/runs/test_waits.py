"""What a run waits for is said in words, for many runs at once, and a lane says who holds it and who waits behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.approvals.models import Approval
from integrations.effects.models import Effect
from integrations.failures.models import Failure
from integrations.failures.stakes import with_stakes
from integrations.ingress.models import Event
from integrations.releases.models import Environment, Release
from integrations.runs.lane_facts import facts_of, held_up, lanes_called
from integrations.runs.models import Lane, Run
from integrations.runs.waits import waits_of
from integrations.vault.models import Connection

pytestmark = pytest.mark.django_db
NOW = timezone.now


class World:
    """One flow whose runs are written as they are wanted."""

    def __init__(self) -> None:
        self.environment = Environment.objects.create(key="dev", name="Development")
        self.release = Release.objects.create(
            environment=self.environment, flow_key="flow", flow_name="Flow", number=1, digest="d", plan={}, graph={}, active=True
        )  # fmt: skip
        self.lane = Lane.objects.create(environment=self.environment, flow_key="flow", key="box-123")

    def run(self, state: str = "parked", reason: str = "", **values: Any) -> Run:
        event = Event.objects.create(
            environment=self.environment, flow_key="flow", node="n", key=str(Event.objects.count()), data=b"", received_at=NOW()
        )  # fmt: skip
        given = {"environment": self.environment, "release": self.release, "flow_key": "flow", "event": event}
        return Run.objects.create(state=state, reason=reason, queued_at=NOW(), **given, **values)

    def in_lane(self, place: int, state: str = "queued", **values: Any) -> Run:
        return self.run(state, lane=self.lane, place=place, **values)

    def hold(self, run: Run) -> None:
        Lane.objects.filter(pk=self.lane.pk).update(holder=run.pk)

    def failure(self, **values: Any) -> Failure:
        given = {"kind": "data", "code": "data", "sentence": "The tax code is missing.", "verdict": "data"}
        return Failure.objects.create(
            environment=self.environment, fingerprint=str(Failure.objects.count()), flow_key="flow", node="n", first_at=NOW(), last_at=NOW(), **{**given, **values}
        )  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def said(run: Run) -> tuple[str, str]:
    waits = waits_of([run])[run.pk]
    return waits.kind, waits.sentence


def test_a_run_behind_another_waits_its_turn_and_says_what_the_other_does(world: World) -> None:
    head = world.in_lane(1, "parked", reason="person")
    behind = world.in_lane(2)
    world.hold(head)
    assert said(behind) == ("turn", f"Waits its turn behind run {head.pk}, which waits for a person.")
    assert waits_of([behind])[behind.pk].run == head.pk


@pytest.mark.parametrize(
    ("state", "reason", "does"),
    [
        ("running", "", ", which is running"),
        ("queued", "", ", which is next"),
        ("parked", "retry", ", which tries again later"),
        ("parked", "reconnect", ", which waits for a sign-in"),
        ("parked", "rate", ", which waits for a limit"),
        ("parked", "effect", ", which waits for another run"),
        ("parked", "waiting", ", which waits"),
    ],
)
def test_what_holds_a_lane_up_is_named(world: World, state: str, reason: str, does: str) -> None:
    head = world.in_lane(1, state, reason=reason, due_at=NOW() if state == "queued" else None)
    behind = world.in_lane(2)
    world.hold(head)
    assert said(behind)[1] == f"Waits its turn behind run {head.pk}{does}."


def test_every_reason_to_be_parked_has_its_words(world: World) -> None:
    sage = Connection.objects.create(
        environment=world.environment, key="sage", name="Sage", connector="sage50", auth="x", base_url="https://a.example"
    )  # fmt: skip
    other = world.run("running")
    effect = Effect.objects.create(
        account="a", record="sales_invoice", identity="b", kind="create", state="intended", strategy="native", operation="sage50.create_invoice", connection=sage, run=other, run_number=other.pk, flow_key="flow", path="n", payload_hash="0", intended_at=NOW(), request=b""
    )  # fmt: skip
    asks = world.run(reason="waiting")
    question = Approval.objects.create(
        run=asks, path="n", environment=world.environment, flow_key="flow", title="More than usual?", message=b"", form={}, role="operator", asked_at=NOW()
    )  # fmt: skip
    Run.objects.filter(pk=asks.pk).update(waits_for=f"approval:{question.pk}")
    asks.refresh_from_db()
    later = NOW() + timedelta(hours=1)
    expected = {
        world.run(reason="retry", due_at=later): ("retry", "The last try failed in a way that time may cure. It tries again by itself."),
        world.run(reason="retry", due_at=later, waits_for=f"connection:{sage.pk}"): ("silent", "“Sage” is not answering."),
        world.run(reason="rate", due_at=later, waits_for=f"connection:{sage.pk}"): ("place", "“Sage” has as many calls under way as it may have at once."),
        world.run(reason="rate", due_at=later, waits_for=f"rate:{sage.pk}"): ("rate", "“Sage” may not be called more often: its limit is reached."),
        world.run(reason="rate", due_at=later): ("rate", "The far system asked us to slow down."),
        world.run(reason="effect", waits_for=f"effect:{effect.pk}"): ("effect", f"Run {other.pk} is writing the same sales invoice."),
        world.run(reason="waiting", due_at=later): ("time", "The flow waits here for a time."),
        world.run(reason="agent"): ("agent", "The agent on the premises is offline. It goes on when the agent is back."),
        world.run(reason="person", failure=world.failure()): ("person", "The tax code is missing."),
        world.run(reason="reconnect", failure=world.failure(sentence="Sage must be connected again.")): ("reconnect", "Sage must be connected again."),
        world.run(reason="person", failure=world.failure(code="kills_workers")): ("set_aside", "Set aside: it killed its worker twice. A person has to look before it goes on."),
        asks: ("approval", "Somebody has to decide: More than usual?"),
    }  # fmt: skip
    found = waits_of(expected)
    assert {run: (found[run.pk].kind, found[run.pk].sentence) for run in expected} == expected


def test_a_run_that_works_is_over_or_just_due_waits_for_nothing(world: World) -> None:
    runs = [world.run(state) for state in ("running", "succeeded", "failed", "cancelled")]
    runs.append(world.run("queued", due_at=NOW()))
    assert waits_of(runs) == {}


def test_suspects_and_debounced_runs_say_why_they_wait(world: World) -> None:
    later = NOW() + timedelta(seconds=30)
    assert said(world.run("queued", suspect=True, due_at=NOW()))[0] == "alone"
    assert said(world.in_lane(1, due_at=later))[0] == "quiet"


def test_however_many_runs_there_are_the_questions_are_few(world: World) -> None:
    def asked(runs: list[Run]) -> int:
        with CaptureQueriesContext(connection) as captured:
            waits_of(runs)
        return len(captured)

    head = world.in_lane(1, "parked", reason="person", failure=world.failure())
    world.hold(head)
    runs = [head, world.in_lane(2)]
    few = asked(runs)
    runs += [world.in_lane(place) for place in range(3, 30)]
    assert asked(runs) == few <= 4


def test_a_lane_says_who_holds_it_and_how_many_wait_behind(world: World) -> None:
    head = world.in_lane(1, "parked", reason="person")
    second, third = world.in_lane(2), world.in_lane(3)
    world.hold(head)
    facts = facts_of(head)
    assert facts is not None
    assert (facts.behind, facts.sentence) == (2, "Lane box-123: 2 runs wait behind this one.")
    facts = facts_of(second)
    assert facts is not None
    assert (facts.holder, facts.ahead, facts.behind) == (head.pk, 1, 1)
    assert facts.sentence == (
        f"Lane box-123: waits its turn behind run {head.pk}, which waits for a person. 1 run waits behind this one."
    )
    Run.objects.filter(pk=third.pk).update(state="cancelled")
    third.refresh_from_db()
    assert facts_of(third) is None


def test_a_failure_says_how_many_runs_wait_behind_those_it_parks(world: World) -> None:
    failure, idle = world.failure(), world.failure()
    head = world.in_lane(1, "parked", reason="person", failure=failure)
    for place in (2, 3, 4):
        world.in_lane(place)
    world.run(reason="person", failure=failure)
    assert held_up([failure.pk, idle.pk]) == {}  # the lane is held by nobody, so nothing waits for this one
    world.hold(head)
    assert held_up([failure.pk, idle.pk]) == {failure.pk: 3}
    assert [(stake.parked, stake.blocks) for stake in with_stakes([failure, idle])] == [(2, 3), (0, 0)]


def test_lanes_are_found_by_their_key(world: World) -> None:
    Lane.objects.create(environment=world.environment, flow_key="flow", key="box-1234")
    assert [lane.key for lane in lanes_called("box-123")] == ["box-123"]
