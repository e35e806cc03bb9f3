"""Flows over REST: the list with its last day, the drawing, and starting one by hand."""

from datetime import timedelta

from django.utils import timezone

from designer.models import Flow
from integrations.payloads.codec import unpack
from integrations.releases.activate import deactivate
from integrations.runs.models import Run
from tests.api.test_runs import queries
from tests.api.world import FLOW, SETUP, World


def test_a_flow_of_the_list_says_where_it_runs_and_how_its_day_went(world: World) -> None:
    now = timezone.now()
    world.run(state=Run.State.SUCCEEDED, queued_at=now - timedelta(days=3))
    world.run(state=Run.State.SUCCEEDED, queued_at=now - timedelta(hours=5))
    last = world.run(state=Run.State.PARKED)
    (shown,) = world.client("viewer").get("/api/v1/flows/").json()["results"]
    assert (shown["key"], shown["name"], shown["version"], shown["nodes"]) == (
        FLOW,
        "Closed-Won to invoice",
        1,
        9,
    )
    assert shown["environments"] == [{"environment": "dev", "release": 1, "active": True}]
    assert (shown["last_run"]["id"], shown["last_run"]["state"]) == (last.pk, "parked")
    assert shown["runs_24h"] == {"succeeded": 1, "parked": 1, "failed": 0}
    assert (len(shown["spark"]), sum(shown["spark"]), shown["spark"][-1], shown["spark"][-6]) == (24, 2, 1, 1)


def test_each_person_sees_the_runs_of_their_environments_only(world: World) -> None:
    world.run(state=Run.State.SUCCEEDED)
    (shown,) = world.client("prod_viewer").get("/api/v1/flows/").json()["results"]
    assert shown["environments"] == [{"environment": "prod", "release": None, "active": False}]
    assert (shown["last_run"], sum(shown["spark"])) == (None, 0)


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    world.run()
    few = queries(client, "/api/v1/flows/")
    for number in range(8):
        Flow.objects.create(key=f"flow-{number}", name=f"Flow {number}")
    assert queries(client, "/api/v1/flows/") == few <= 14


def test_one_flow_shows_its_drawing_its_slots_and_its_tables(world: World) -> None:
    shown = world.client("viewer").get(f"/api/v1/flows/{FLOW}/").json()
    assert list(shown["graph"]["nodes"]).sort() == list(world.release.graph["nodes"]).sort()
    assert shown["layout"]["nodes"]["won"] == {"x": 32, "y": 56}
    assert shown["slots"] == [{"key": "crm", "connector": "streak"}, {"key": "ledger", "connector": "sage50"}]
    assert shown["tables"] == ["deal_stages", "product_gl", "tax_codes"]
    assert shown["identity_hint"] == "$steps.deal.key"


def test_a_flow_that_is_not_there(world: World) -> None:
    assert world.client().get("/api/v1/flows/nothing/").status_code == 404
    assert world.client("stranger").get("/api/v1/flows/").status_code == 403


def test_a_flow_is_started_by_hand_with_data(world: World) -> None:
    body = {"environment": "dev", "data": {"key": "agxBOX1"}}
    answer = world.client("operator").post(f"/api/v1/flows/{FLOW}/trigger/", body, format="json")
    assert answer.status_code == 202
    shown = answer.json()
    run = Run.objects.get(pk=shown["run"]["id"])
    assert (run.state, run.release_id, shown["event"]["node"]) == ("queued", world.release.pk, "won")
    assert unpack(run.event.data) == {"key": "agxBOX1"}


def test_the_same_key_starts_it_once(world: World) -> None:
    client, body = world.client("operator"), {"environment": "dev", "data": {}}
    answers = [
        client.post(f"/api/v1/flows/{FLOW}/trigger/", body, format="json", headers={"Idempotency-Key": "a"})
        for _ in range(3)
    ]
    assert {answer.json()["run"]["id"] for answer in answers} == {Run.objects.get().pk}


def test_a_flow_without_an_active_release_is_not_started(world: World) -> None:
    deactivate(world.release, SETUP)
    body = {"environment": "dev", "data": {}}
    answer = world.client("operator").post(f"/api/v1/flows/{FLOW}/trigger/", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_active")
    assert not Run.objects.exists()


def test_starting_it_needs_a_role_in_that_environment(world: World) -> None:
    body = {"environment": "prod", "data": {}}
    assert (
        world.client("operator").post(f"/api/v1/flows/{FLOW}/trigger/", body, format="json").status_code
        == 404
    )
    body = {"environment": "dev", "data": {}}
    assert (
        world.client("viewer").post(f"/api/v1/flows/{FLOW}/trigger/", body, format="json").status_code == 403
    )
