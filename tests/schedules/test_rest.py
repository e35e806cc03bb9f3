"""Schedules over REST: when each flow is due, and what a schedule that is being drawn would mean."""

from datetime import datetime

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from connectors.sdk.wire import Json
from integrations.access.models import Membership
from integrations.ingress.models import Endpoint
from tests.schedules.conftest import World, at


@pytest.fixture
def client(world: World) -> APIClient:
    viewer = User.objects.create(username="vi")
    Membership.objects.create(user=viewer, role="viewer", environment=world.environment)
    client = APIClient()
    client.force_login(viewer)
    return client


def test_the_list_says_when_a_flow_is_due_next(world: World, client: APIClient) -> None:
    release = world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC", misfire={"policy": "skip"})
    world.tick(at("2026-11-21 13:00"))
    world.tick(at("2026-11-21 16:30"))
    (shown,) = client.get("/api/v1/schedules/?environment=dev").data["results"]
    assert (shown["flow"], shown["node"], shown["environment"]) == ("nightly", "start", "dev")
    assert (shown["next_due"], shown["last_due"]) == ("2026-11-21T17:00:00Z", "2026-11-21T16:00:00Z")
    assert (shown["missed"], shown["description"]) == (3, "At the start of every hour, UTC")
    (endpoint,) = client.get("/api/v1/endpoints/").json()["results"]
    assert (endpoint["kind"], endpoint["schedule"]["next_due"]) == ("schedule", "2026-11-21T17:00:00Z")
    world.pause(release)
    (shown,) = client.get("/api/v1/schedules/").data["results"]
    assert (shown["active"], shown["next_due"]) == (False, None)


def test_nobody_calls_a_schedule(world: World, client: APIClient) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *")
    path = Endpoint.objects.get().path
    assert client.post(f"/in/{path}/", {}, format="json").status_code == 404


@pytest.mark.parametrize(
    ("body", "words", "zone"),
    [
        ({"cron": "30 1 * * *"}, "At 01:30 every day, London time", "Europe/London"),
        ({"cron": "0 9 * * MON", "zone": "Asia/Tokyo"}, "At 09:00 on Monday, Tokyo time", "Asia/Tokyo"),
        ({"every": {"n": 15, "unit": "minutes"}}, "Every 15 minutes", "Europe/London"),
        ({"every": {"n": 1, "unit": "days", "from": "2026-01-01T06:00:00Z"}}, "Every day", "Europe/London"),
    ],
)
def test_a_schedule_is_described_with_its_next_five_times(
    client: APIClient, body: Json, words: str, zone: str
) -> None:
    answer = client.post("/api/v1/schedules/preview/", body, format="json").data
    assert (answer["description"], answer["zone"], len(answer["next"])) == (words, zone, 5)
    times = [datetime.fromisoformat(str(one)) for one in answer["next"]]
    assert times == sorted(set(times))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"cron": "61 * * * *"}, "/cron"),
        ({"cron": "0 0 * * *", "zone": "Mars/Olympus"}, "/zone"),
        ({"every": {"n": 1, "unit": "seconds"}}, "/every/n"),
        ({}, "/cron"),
    ],
)
def test_one_that_says_no_times_is_refused_with_its_place(
    client: APIClient, body: Json, pointer: str
) -> None:
    answer = client.post("/api/v1/schedules/preview/", body, format="json")
    assert (answer.status_code, answer.data["code"]) == (400, "schedule_invalid")
    assert answer.data["errors"][0]["pointer"] == pointer
