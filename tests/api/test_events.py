"""Events, endpoints and refusals over REST."""

from datetime import timedelta

from django.utils import timezone

from integrations.ingress.models import Endpoint, Refusal
from tests.api.test_runs import queries
from tests.api.world import FLOW, World


def test_an_event_shows_its_data_and_the_runs_it_started(world: World) -> None:
    run = world.run()
    (listed,) = world.client().get("/api/v1/events/", {"flow": FLOW}).json()["results"]
    assert (listed["runs"], "data" in listed) == ([run.pk], False)
    assert world.client().get(f"/api/v1/events/{run.event_id}/").json()["data"] == {"key": "agxBOX1"}
    assert world.client("prod_viewer").get(f"/api/v1/events/{run.event_id}/").status_code == 404


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    world.run()
    few = queries(client, "/api/v1/events/")
    for _ in range(6):
        world.run()
    assert queries(client, "/api/v1/events/") == few <= 6


def test_an_endpoint_shows_its_public_address_and_what_it_refused_today(world: World) -> None:
    endpoint = Endpoint.objects.get(flow_key=FLOW)
    now = timezone.now()
    for code, count, last in (
        ("wrong_token", 3, now),
        ("not_json", 2, now),
        ("too_large", 9, now - timedelta(days=2)),
    ):
        Refusal.objects.create(
            endpoint=endpoint,
            path=endpoint.path,
            code=code,
            status=400,
            sentence="No.",
            count=count,
            first_at=last,
            last_at=last,
        )
    (shown,) = world.client("viewer").get("/api/v1/endpoints/").json()["results"]
    assert shown["url"].endswith(f"/in/{endpoint.path}/")
    assert (shown["trigger"], shown["active"], shown["refusals_24h"]) == ("streak.box_stage_changed", True, 5)
    assert "secret" not in str(shown)


def test_calls_to_an_unknown_address_are_seen_by_all_others_by_their_environment(world: World) -> None:
    endpoint, now = Endpoint.objects.get(flow_key=FLOW), timezone.now()
    for owner, path in ((endpoint, endpoint.path), (None, "nowhere")):
        Refusal.objects.create(
            endpoint=owner,
            path=path,
            code="unknown_path",
            status=404,
            sentence="No.",
            first_at=now,
            last_at=now,
        )
    seen = {
        who: {one["path"] for one in world.client(who).get("/api/v1/refusals/").json()["results"]}
        for who in ("viewer", "prod_viewer", "admin")
    }
    assert seen == {
        "viewer": {endpoint.path, "nowhere"},
        "prod_viewer": {"nowhere"},
        "admin": {endpoint.path, "nowhere"},
    }
    (mine,) = world.client("viewer").get("/api/v1/refusals/?environment=dev").json()["results"]
    assert (mine["path"], mine["flow"]) == (endpoint.path, FLOW)
