"""A poll and its backfills in the admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from integrations.access.models import Membership
from integrations.polling.models import Backfill, PollState
from tests.polling.conftest import World, at


@pytest.fixture
def client(world: World) -> Client:
    operator = User.objects.create(username="oz", is_staff=True)
    Membership.objects.create(user=operator, role="operator", environment=world.environment)
    client = Client()
    client.force_login(operator)
    return client


def test_the_endpoint_says_how_its_poll_does(world: World, client: Client) -> None:
    world.deploy()
    PollState.objects.update(note="The mill stands still.", failures=3, last_new=4, high_water=at("09:00"))
    page = client.get(f"/admin/integrations/endpoint/{world.endpoint.pk}/change/").content.decode()
    for words in (
        "Looking",
        "5 min 0 s",
        "4 new",
        "The mill stands still. (3 in a row)",
        "None yet.",
        "Backfill…",
    ):
        assert words in page
    assert "Public URL" not in page
    assert "milling" in client.get("/admin/integrations/endpoint/").content.decode()


def test_a_backfill_is_asked_for_begun_and_cancelled(world: World, client: Client) -> None:
    world.deploy()
    url = f"/admin/integrations/endpoint/{world.endpoint.pk}/backfill/"
    assert "Times are in Europe/London" in client.get(url).content.decode()
    wrong = client.post(url, {"since": "2026-06-02T00:00", "until": "2026-06-01T00:00"})
    assert (wrong.status_code, Backfill.objects.count()) == (422, 0)
    assert "The window ends before it begins." in wrong.content.decode()
    assert client.post(url, {"since": "2026-06-01T00:00", "until": "2026-06-02T00:00"}).status_code == 302
    row = Backfill.objects.get()
    assert (row.since, row.created_by) == (at("2026-05-31 23:00:00"), "oz")
    assert "Cancel the backfill?" in client.get(url).content.decode()
    client.post(url)
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert (
        "Cancelled"
        in client.get(f"/admin/integrations/endpoint/{world.endpoint.pk}/change/").content.decode()
    )
