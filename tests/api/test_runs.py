"""Runs over REST: what is shown, to whom, in which pages, and with how many queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.runs.models import Run
from tests.api.world import FLOW, World


def test_a_run_in_a_list_has_the_agreed_shape(world: World) -> None:
    run = world.run(state=Run.State.SUCCEEDED, result="delivered", amount="1240.5", currency="GBP")
    (shown,) = world.client().get("/api/v1/runs/").json()["results"]
    assert shown.pop("queued_at").endswith("Z")
    assert shown == {
        "id": run.pk,
        "flow": {"key": FLOW, "name": "Closed-Won to invoice"},
        "environment": "dev",
        "release": 1,
        "state": "succeeded",
        "reason": "",
        "result": "delivered",
        "title": "Acme - 40 chairs",
        "amount": {"amount": "1240.50", "currency": "GBP"},
        "started_at": None,
        "ended_at": None,
        "due_at": None,
        "ms": None,
        "failure": None,
        "event": run.event_id,
        "retry_of": None,
        "waits_for": None,
    }


def test_pages_follow_each_other_without_gap_or_overlap_while_new_runs_arrive(world: World) -> None:
    made = [world.run().pk for _ in range(5)]
    client = world.client()
    first = client.get("/api/v1/runs/?limit=2").json()
    world.run()
    second = client.get("/api/v1/runs/", {"limit": 2, "cursor": first["next"]}).json()
    third = client.get("/api/v1/runs/", {"limit": 2, "cursor": second["next"]}).json()
    pages = [[run["id"] for run in page["results"]] for page in (first, second, third)]
    assert [one for page in pages for one in page] == made[::-1]
    assert third["next"] is None


@pytest.mark.parametrize(
    "query",
    ["cursor=nonsense", "cursor=WyJhIl0", "cursor=W10", "limit=0", "limit=x", "state=lost", "failure=x"],
)
def test_a_query_that_makes_no_sense_is_a_problem(world: World, query: str) -> None:
    answer = world.client().get(f"/api/v1/runs/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"invalid", "invalid_cursor"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "parked"}, ["Pier Nine"]),
        ({"state": "parked,queued"}, ["Pier Nine", "Acme"]),
        ({"q": "pier"}, ["Pier Nine"]),
        ({"flow": FLOW}, ["Pier Nine", "Acme"]),
        ({"flow": "another"}, []),
        ({"environment": "prod"}, []),
    ],
)
def test_filters(world: World, query: dict[str, str], found: list[str]) -> None:
    world.run(title="Acme")
    world.run(title="Pier Nine", state=Run.State.PARKED)
    shown = world.client().get("/api/v1/runs/", query).json()["results"]
    assert [run["title"] for run in shown] == found


def test_a_run_is_found_by_its_number(world: World) -> None:
    run = world.run(title="Acme")
    world.run(title="Pier Nine")
    shown = world.client().get("/api/v1/runs/", {"q": str(run.pk)}).json()["results"]
    assert [one["id"] for one in shown] == [run.pk]


def test_a_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    world.run()
    few = queries(client, "/api/v1/runs/")
    for _ in range(10):
        world.run()
    assert queries(client, "/api/v1/runs/") == few <= 5


def test_one_run_shows_the_release_it_ran_with_and_the_latest_attempt_of_each_step(world: World) -> None:
    run = world.run(state=Run.State.PARKED)
    world.step(run, "deal")
    world.step(run, "invoice", state="retry", problem=PROBLEM)
    world.step(run, "invoice", attempt=2, state="fail", problem=PROBLEM)
    shown = world.client().get(f"/api/v1/runs/{run.pk}/").json()
    assert shown["seq"] == 3
    assert set(shown["graph"]["nodes"]) == set(world.release.graph["nodes"])
    assert shown["layout"]["notes"]["group_1"]["text"] == "Read the deal"
    assert [(step["path"], step["attempt"], step["state"]) for step in shown["steps"]] == [
        ("deal", 1, "done"),
        ("invoice", 2, "fail"),
    ]
    assert shown["steps"][1]["problem"] == {
        name: PROBLEM[name] for name in ("kind", "code", "sentence", "pointer")
    }
    assert shown["steps"][0]["ms"] == 120
    assert "input" not in shown["steps"][0]


def test_the_timeline_tells_only_what_changed_since(world: World) -> None:
    run = world.run(state=Run.State.RUNNING)
    world.step(run, "deal")
    known = run.seq
    world.step(run, "is_won")
    shown = world.client().get(f"/api/v1/runs/{run.pk}/timeline/?after={known}").json()
    assert [step["path"] for step in shown["steps"]] == ["is_won"]
    assert (shown["seq"], shown["run"]["state"]) == (2, "running")


def test_one_step_shows_its_data_attempts_calls_and_effect(world: World) -> None:
    run = world.run()
    effect = world.effect(run)
    world.step(run, "invoice", state="retry", output=None, problem=PROBLEM)
    world.step(run, "invoice", attempt=2, effect=effect)
    world.exchange(run, "invoice")
    shown = world.client().get(f"/api/v1/runs/{run.pk}/steps/", {"path": "invoice"}).json()
    assert (shown["input"], shown["output"]) == ({"asked": "invoice"}, {"answer": "invoice"})
    assert [(one["attempt"], one["state"]) for one in shown["attempts"]] == [(1, "retry"), (2, "done")]
    (exchange,) = shown["exchanges"]
    assert (exchange["method"], exchange["status"], exchange["response"]) == ("GET", 200, {"key": "agxBOX1"})
    assert (shown["effect"]["id"], shown["effect"]["far_id"]) == (effect.pk, "inv-1")


def test_a_step_the_run_never_reached_is_not_found(world: World) -> None:
    run = world.run()
    client = world.client()
    assert client.get(f"/api/v1/runs/{run.pk}/steps/", {"path": "invoice"}).status_code == 404
    assert client.get(f"/api/v1/runs/{run.pk}/steps/").status_code == 400


@pytest.mark.parametrize("place", ["", "timeline/", "steps/?path=deal", "retry-plan/"])
def test_a_run_of_an_environment_one_may_not_see_is_not_there(world: World, place: str) -> None:
    run = world.run()
    world.step(run, "deal")
    url = f"/api/v1/runs/{run.pk}/{place}"
    assert world.client("viewer").get(url).status_code == 200
    assert world.client("prod_viewer").get(url).status_code == 404
    assert world.client("stranger").get(url).status_code in {403, 404}
    refused = world.client("").get(url)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def test_a_list_holds_only_what_one_may_see(world: World) -> None:
    world.run()
    mine = world.run(environment=world.prod)
    shown = world.client("prod_viewer").get("/api/v1/runs/").json()["results"]
    assert [run["id"] for run in shown] == [mine.pk]
    assert world.client("prod_viewer").get("/api/v1/runs/?environment=dev").status_code == 404


PROBLEM: dict[str, Any] = {
    "kind": "transient",
    "code": "http_503",
    "sentence": "Sage 50 is not available.",
    "pointer": "",
    "info": {"secret": "never shown"},
}


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
