"""What operators see and do about the engine over REST: waits, lanes, giving up, skipping, pausing, notices and health."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.access.models import AuditEntry
from integrations.ingress.models import Endpoint
from integrations.limits.models import Breaker
from integrations.polling.models import PollState
from integrations.releases.models import Environment
from integrations.runs.models import Lane, Run
from integrations.schedules.models import Schedule, ScheduleDue
from integrations.tasks.models import Drain, Sweeper
from integrations.tasks.sweepers import say_swept
from integrations.vault.models import Connection
from tests.api.test_runs import queries
from tests.api.world import FLOW, World

NOW = timezone.now


def lane(world: World, *runs: Run, key: str = "box-123") -> Lane:
    """These runs stand in one lane, and the first holds it."""
    made = Lane.objects.create(environment=world.dev, flow_key=FLOW, key=key, holder=runs[0].pk)
    for place, run in enumerate(runs, start=1):
        Run.objects.filter(pk=run.pk).update(lane=made, place=place)
    return made


def post(world: World, path: str, body: Any = None, who: str = "operator") -> Any:
    return world.client(who).post(f"/api/v1/{path}", body or {}, format="json")


def test_a_run_behind_another_says_whose_turn_it_is_and_is_found_by_its_lane(world: World) -> None:
    head, behind = world.run(state=Run.State.PARKED, reason="person"), world.run()
    made = lane(world, head, behind)
    world.run()
    client = world.client()
    shown = client.get(f"/api/v1/runs/{behind.pk}/").json()
    assert shown["waits_for"] == {
        "kind": "turn", "sentence": f"Waits its turn behind run {head.pk}, which waits for a person.", "until": None,
        "run": head.pk, "connection": None, "effect": None, "approval": None,
    }  # fmt: skip
    assert shown["lane"]["sentence"].startswith("Lane box-123: waits its turn behind run")
    assert (shown["lane"]["holder"], shown["lane"]["ahead"], shown["lane"]["behind"]) == (head.pk, 1, 0)
    for query in ({"lane": made.pk}, {"q": "box-123"}):
        found = client.get("/api/v1/runs/", query).json()["results"]
        assert [run["id"] for run in found] == [behind.pk, head.pk]
        assert [(run["waits_for"] or {}).get("kind") for run in found] == ["turn", "person"]


def test_a_list_of_waiting_runs_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    lane(world, world.run(state=Run.State.PARKED, reason="person"), world.run())
    few = queries(client, "/api/v1/runs/")
    for number in range(6):
        lane(world, world.run(state=Run.State.PARKED, reason="person"), world.run(), key=f"box-{number}")
    assert queries(client, "/api/v1/runs/") == few <= 7


def test_a_failure_says_what_its_runs_hold_up(world: World) -> None:
    head, behind = world.run(), world.run()
    lane(world, head, behind)
    world.failure(head)
    (shown,) = world.client().get("/api/v1/failures/").json()["results"]
    assert (shown["open"], shown["blocks"]) == (1, 1)


def test_a_waiting_run_is_given_up_with_a_reason_and_the_next_in_its_lane_goes_on(world: World) -> None:
    head, behind = world.run(state=Run.State.PARKED, reason="person"), world.run()
    lane(world, head, behind)
    refused = post(world, f"runs/{head.pk}/give-up/", {"reason": " "})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/reason")
    answer = post(world, f"runs/{head.pk}/give-up/", {"reason": "The deal was a test"})
    assert (answer.status_code, answer.json()["state"]) == (200, "failed")
    behind.refresh_from_db()
    assert behind.due_at is not None
    again = post(world, f"runs/{head.pk}/give-up/", {"reason": "Once more"})
    assert (again.status_code, again.json()["code"]) == (409, "not_parked")
    entry = AuditEntry.objects.get(action="run.give_up", allowed=True)
    assert (entry.actor, entry.target, entry.note) == ("operator", f"run {head.pk}", "The deal was a test")


def test_every_run_of_a_failure_is_given_up(world: World) -> None:
    failure = world.failure(world.run(), world.run())
    answer = post(world, f"failures/{failure.pk}/give-up/", {"reason": "Not needed"})
    assert answer.json() == {"given_up": 2, "skipped": []}
    assert set(Run.objects.values_list("state", flat=True)) == {"failed"}


def test_a_failed_step_is_skipped_with_an_output_that_keeps_the_operations_promise(world: World) -> None:
    run = world.run(state=Run.State.PARKED, reason="person")
    world.step(
        run,
        "deal",
        state="fail",
        problem={"kind": "not_found", "code": "gone", "sentence": "No such deal.", "pointer": ""},
    )
    shown = world.client().get(f"/api/v1/runs/{run.pk}/skip/").json()
    assert (shown["path"], shown["sentence"]) == ("deal", "No such deal.")
    refused = post(world, f"runs/{run.pk}/skip/", {"reason": "Known by heart", "output": 7})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "output_refused")
    answer = post(world, f"runs/{run.pk}/skip/", {"reason": "Known by heart"})
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    step = world.client().get(f"/api/v1/runs/{run.pk}/steps/", {"path": "deal"}).json()
    assert [one["state"] for one in step["attempts"]] == ["fail", "done"]
    assert step["attempts"][1]["problem"]["sentence"] == "Skipped by operator: Known by heart"
    assert AuditEntry.objects.get(action="run.skip", allowed=True).note == "Known by heart"


def test_a_run_that_waits_for_nothing_that_failed_has_no_step_to_skip(world: World) -> None:
    waiting, over = world.run(state=Run.State.PARKED, reason="waiting"), world.run(state=Run.State.SUCCEEDED)
    codes = {
        run.pk: post(world, f"runs/{run.pk}/skip/", {"reason": "So"}).json()["code"]
        for run in (waiting, over)
    }
    assert codes == {waiting.pk: "not_skippable", over.pk: "not_parked"}


@pytest.mark.parametrize("act", ["give-up", "skip"])
@pytest.mark.parametrize("who", ["viewer", "builder", "steward", "releaser"])
def test_only_operators_end_and_skip_and_the_attempt_is_audited(world: World, who: str, act: str) -> None:
    run = world.run(state=Run.State.PARKED, reason="person")
    assert post(world, f"runs/{run.pk}/{act}/", {"reason": "So"}, who).status_code == 403
    assert [entry.allowed for entry in AuditEntry.objects.filter(allowed=False)] == [False]


def polled(world: World, environment: Environment | None = None) -> Endpoint:
    endpoint = Endpoint.objects.create(
        environment=environment or world.dev, flow_key="milling", node="start", kind="poll", path=f"p{Endpoint.objects.count()}"
    )  # fmt: skip
    PollState.objects.create(endpoint=endpoint, interval=60, next_at=NOW(), failures=2, note="Sage is slow.")
    return endpoint


def test_a_poll_is_paused_and_resumed_and_its_endpoint_says_so(world: World) -> None:
    endpoint = polled(world)
    assert post(world, f"endpoints/{endpoint.pk}/pause/", {}).status_code == 400
    answer = post(world, f"endpoints/{endpoint.pk}/pause/", {"reason": "Sage is moved"})
    assert (answer.json()["paused_by"], answer.json()["paused_why"]) == ("operator", "Sage is moved")
    again = post(world, f"endpoints/{endpoint.pk}/pause/", {"reason": "Sage is moved"})
    assert (again.status_code, again.json()["code"]) == (409, "paused_already")
    (shown,) = world.client().get("/api/v1/endpoints/", {"flow": "milling"}).json()["results"]
    assert (shown["paused_why"], shown["poll"]["next_at"]) == ("Sage is moved", None)
    assert post(world, f"endpoints/{endpoint.pk}/resume/").json()["paused_at"] is None
    assert post(world, f"endpoints/{endpoint.pk}/resume/").json()["code"] == "not_paused"


def test_a_webhook_is_not_paused(world: World) -> None:
    webhook = Endpoint.objects.get(kind="webhook")
    answer = post(world, f"endpoints/{webhook.pk}/pause/", {"reason": "So"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_pausable")


def alive() -> None:
    """A drain beats and a dispatcher sweeps."""
    Drain.objects.create(owner="a", state="live", started_at=NOW(), heartbeat_at=NOW())
    say_swept()


def notices(world: World, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.client("viewer").get("/api/v1/notices/", query).json()
    return found


def test_when_all_is_well_there_is_nothing_to_know(world: World) -> None:
    alive()
    assert notices(world) == []


def test_nobody_at_work_is_told(world: World) -> None:
    assert [one["kind"] for one in notices(world)] == ["stalled"]
    alive()
    Sweeper.objects.update(swept_at=NOW() - timedelta(minutes=2))
    assert [(one["kind"], one["name"]) for one in notices(world)] == [("stalled", "Dispatcher")]


def test_a_connection_that_does_not_answer_is_told_with_who_waits_and_when_it_is_tried(world: World) -> None:
    alive()
    sage = Connection.objects.get(connector="sage50")
    Breaker.objects.create(
        connection=sage,
        failures=5,
        open_since=NOW(),
        probe_at=NOW() + timedelta(minutes=1),
        note="No answer in time.",
    )
    for _ in range(3):
        world.run(state=Run.State.PARKED, reason="retry", waits_for=f"connection:{sage.pk}", due_at=NOW())
    (told,) = notices(world, environment="dev")
    assert (told["kind"], told["name"], told["sentence"]) == (
        "not_answering",
        "Sage books",
        "No answer in time.",
    )
    assert (told["waiting"], told["connection"], told["since"] is not None, told["until"] is not None) == (
        3, sage.pk, True, True,
    )  # fmt: skip
    assert world.client("prod_viewer").get("/api/v1/notices/").json() == []


def test_signed_out_paused_and_set_aside_are_told_in_the_environments_one_may_see(world: World) -> None:
    alive()
    Connection.objects.filter(connector="streak").update(
        status="reconnect", status_note="The key was revoked."
    )
    endpoint, hidden = polled(world), polled(world, world.prod)
    for one in (endpoint, hidden):
        Endpoint.objects.filter(pk=one.pk).update(paused_at=NOW(), paused_by="dana", paused_why="Moving")
    failure = world.failure(world.run(), code="kills_workers", kind="bug")
    told = {one["kind"]: one for one in notices(world)}
    assert sorted(told) == ["paused", "reconnect", "set_aside"]
    assert told["reconnect"]["sentence"] == "The key was revoked."
    assert (told["paused"]["endpoint"], told["paused"]["sentence"]) == (
        endpoint.pk,
        "Paused by dana: Moving.",
    )
    assert told["set_aside"]["waiting"] == failure.count


def test_the_health_of_the_engine_says_who_works_what_is_due_and_who_waits_for_what(world: World) -> None:
    client = world.client()
    assert client.get("/api/v1/health/details/").json()["ok"] is False
    alive()
    past = NOW() - timedelta(seconds=30)
    world.run(due_at=past)
    world.run(due_at=past, suspect=True)
    world.run(state=Run.State.RUNNING)
    world.run(state=Run.State.PARKED, reason="retry", due_at=NOW() + timedelta(hours=1))
    head, behind = world.run(state=Run.State.PARKED, reason="person"), world.run()
    lane(world, head, behind)
    polled(world)
    timed = Endpoint.objects.create(
        environment=world.dev, flow_key="nightly", node="start", kind="schedule", path="s"
    )
    schedule = Schedule.objects.create(
        endpoint=timed, zone="UTC", description="Nightly", anchor=past, set_at=past, missed=2
    )
    ScheduleDue.objects.create(schedule=schedule, due=NOW() + timedelta(hours=1))
    shown = client.get("/api/v1/health/details/", {"environment": "dev"}).json()
    runs = shown["runs"]
    assert shown["ok"] is True
    assert (runs["due"], runs["running"], runs["suspects"], runs["set_aside"]) == (2, 1, 1, 0)
    assert runs["waiting"] == {"person": 1, "retry": 1, "turn": 1}
    assert 30 <= runs["oldest_due"] < 600
    assert (shown["carrying"]["live"], shown["carrying"]["drained"], shown["carrying"]["swept"]) == (
        1,
        True,
        True,
    )
    assert {one["state"] for one in shown["connections"]} == {"answering"}
    assert [(one["flow"], one["failures"], one["note"]) for one in shown["polls"]] == [
        ("milling", 2, "Sage is slow.")
    ]
    assert [(one["flow"], one["missed"], one["paused"]) for one in shown["schedules"]] == [
        ("nightly", 2, False)
    ]


def test_a_viewer_of_another_environment_sees_nothing_of_this_one(world: World) -> None:
    alive()
    world.run(due_at=NOW() - timedelta(seconds=5))
    shown = world.client("prod_viewer").get("/api/v1/health/details/").json()
    assert (shown["runs"]["due"], shown["connections"]) == (0, [])
    assert (
        world.client("prod_viewer").get("/api/v1/health/details/", {"environment": "dev"}).status_code == 404
    )
