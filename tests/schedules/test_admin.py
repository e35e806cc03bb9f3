"""Schedules in the admin: when they are due, and what became of times that passed."""

from django.contrib.auth.models import User
from django.test import Client

from tests.schedules.conftest import World, at


def test_a_schedule_shows_what_became_of_its_times(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC", misfire={"policy": "all", "most": 2})
    world.tick(at("2026-11-21 16:30"))
    client = Client()
    client.force_login(User.objects.create(username="root", is_staff=True, is_superuser=True))
    rows = client.get("/admin/integrations/schedule/").content.decode()
    assert "nightly" in rows
    assert "At the start of every hour, UTC" in rows
    page = client.get(f"/admin/integrations/schedule/{world.schedule.pk}/change/").content.decode()
    for words in (
        "2 times skipped, from ",
        "started a run",
        "one run for each of the latest 2",
        "21 Nov 2026, 17:00:00",
    ):
        assert words in page
    endpoint = client.get(f"/admin/integrations/endpoint/{world.endpoint.pk}/change/").content.decode()
    assert "Waiting" in endpoint
    assert "At the start of every hour, UTC" in endpoint
