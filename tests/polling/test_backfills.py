"""Backfills: a window of the past comes in beside normal polling, deduplicated, visible and cancellable, over REST too."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from integrations.access.models import AuditEntry, Membership
from integrations.ingress.models import Event
from integrations.polling.backfill import AlreadyRunning, backfill, cancel
from integrations.polling.errand import poll_due
from integrations.polling.models import Backfill, PollState
from tests.polling.conftest import SETUP, World, at


def filled(world: World, count: int) -> None:
    for number in range(count):
        world.mill.put(f"r{number}", f"09:{number:02}", "new")
    world.deploy()
    PollState.objects.update(next_at=None)


def carry(world: World) -> Backfill:
    world.due()
    while poll_due():
        pass
    return Backfill.objects.latest("id")


def test_a_window_comes_in_and_the_mark_stays(world: World) -> None:
    filled(world, 9)
    world.since("11:00")
    backfill(world.endpoint, at("09:02"), at("09:07"), SETUP)
    row = carry(world)
    assert (row.state, row.pages, row.fetched, row.new, row.repeated) == ("done", 3, 5, 5, 0)
    assert world.texts() == [f"r{number}:new" for number in range(2, 7)]
    assert row.ended_at is not None
    assert world.state.high_water == at("11:00")


def test_what_came_in_before_is_counted_and_not_repeated(world: World) -> None:
    filled(world, 5)
    world.since("09:03")
    PollState.objects.update(next_at=timezone.now())
    world.sweep()
    backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    row = carry(world)
    assert (row.fetched, row.new, row.repeated) == (5, 3, 2)
    assert sorted(world.texts()) == [f"r{number}:new" for number in range(5)]


def test_it_goes_on_beside_normal_polling_a_page_at_a_time(world: World) -> None:
    filled(world, 9)
    world.since("11:00")
    PollState.objects.update(next_at=timezone.now())
    world.mill.put("fresh", "11:59", "new")
    backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    assert poll_due() == 2
    assert Backfill.objects.get().pages == 1
    assert [text for text in world.texts() if text.startswith("fresh")] == ["fresh:new"]
    assert carry(world).new == 9


def test_trouble_is_waited_out_and_in_the_end_given_up(world: World) -> None:
    filled(world, 5)
    row = backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    world.mill.write(trouble=["limited", "transient", "cursor"])
    for _ in range(3):
        world.due()
        poll_due()
    row.refresh_from_db()
    assert (row.state, row.failures, row.note) == ("running", 2, "The mill has forgotten the place.")
    assert (carry(world).state, Event.objects.count()) == ("done", 5)

    again = backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    world.mill.write(trouble=["transient"] * 20)
    for _ in range(20):
        world.due()
        poll_due()
    again.refresh_from_db()
    assert (again.state, again.next_at, again.note) == ("failed", None, "The mill stands still.")


def test_a_stopped_flow_ends_it(world: World) -> None:
    filled(world, 2)
    release = world.deploy()
    backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    world.pause(release)
    assert (carry(world).state, Event.objects.count()) == ("failed", 0)


def test_one_at_a_time_and_a_cancelled_one_stops(world: World) -> None:
    filled(world, 9)
    row = backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    with pytest.raises(AlreadyRunning):
        backfill(world.endpoint, at("09:00"), at("10:00"), SETUP)
    poll_due()
    assert cancel(row, SETUP)
    assert not cancel(row, SETUP)
    assert poll_due() == 0
    assert Event.objects.count() == 3
    assert backfill(world.endpoint, at("09:00"), at("10:00"), SETUP).state == "running"


@pytest.fixture
def client(world: World) -> APIClient:
    operator = User.objects.create(username="oz")
    Membership.objects.create(user=operator, role="operator", environment=world.environment)
    client = APIClient()
    client.force_login(operator)
    return client


WINDOW: dict[str, Any] = {"since": "2026-11-21T09:00:00Z", "until": "2026-11-21T09:02:00Z"}


def test_over_rest_it_is_started_watched_and_cancelled(world: World, client: APIClient) -> None:
    filled(world, 5)
    url = f"/api/v1/endpoints/{world.endpoint.pk}/backfills/"
    made = client.post(url, WINDOW, format="json", headers={"Idempotency-Key": "one"})
    assert (made.status_code, made.data["state"], made.data["created_by"]) == (202, "running", "oz")
    again = client.post(url, WINDOW, format="json", headers={"Idempotency-Key": "one"})
    assert again.data["id"] == made.data["id"]
    assert client.post(url, WINDOW, format="json").data["code"] == "backfill_running"
    carry(world)
    (shown,) = client.get(url).data
    assert (shown["state"], shown["fetched"], shown["new"], shown["repeated"]) == ("done", 2, 2, 0)
    assert client.post(f"/api/v1/backfills/{shown['id']}/cancel/").data["code"] == "backfill_ended"
    second = client.post(url, WINDOW, format="json").data
    assert client.post(f"/api/v1/backfills/{second['id']}/cancel/").data["state"] == "cancelled"
    assert AuditEntry.objects.filter(action="endpoint.backfill", actor="oz").count() == 3


def test_over_rest_a_window_that_is_none_and_an_endpoint_that_polls_nothing_are_refused(
    world: World, client: APIClient
) -> None:
    filled(world, 1)
    url = f"/api/v1/endpoints/{world.endpoint.pk}/backfills/"
    turned = {"since": WINDOW["until"], "until": WINDOW["since"]}
    assert client.post(url, turned, format="json").data["code"] == "window_empty"
    assert client.post(url, {"since": "yesterday"}, format="json").status_code == 400
    world.endpoint.__class__.objects.update(trigger="streak.box_stage_changed")
    answer = client.post(url, WINDOW, format="json")
    assert (answer.status_code, answer.data["code"]) == (409, "trigger_no_poll")


def test_over_rest_an_endpoint_says_how_its_poll_does(world: World, client: APIClient) -> None:
    filled(world, 2)
    world.since("09:00")
    PollState.objects.update(next_at=timezone.now())
    world.sweep()
    (shown,) = client.get("/api/v1/endpoints/?flow=milling").data["results"]
    assert (shown["kind"], shown["url"], shown["schedule"]) == ("poll", "", None)
    poll = shown["poll"]
    assert (poll["interval"], poll["last_new"], poll["failures"], poll["note"]) == (300, 2, 0, "")
    assert poll["high_water"] == "2026-11-21T11:58:00Z"
