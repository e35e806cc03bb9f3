"""A poll that fails is one failure in the inbox, which closes by itself; a paused one rests; a dead drain's look is free at once."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from connectors.sdk.errors import Config
from integrations.access.models import AuditEntry, Membership
from integrations.failures.actions import ignore
from integrations.failures.models import Failure
from integrations.ingress.models import Event
from integrations.ingress.pausing import pause, resume
from integrations.polling import errand
from integrations.polling.lease import free_leases_of, take
from integrations.polling.models import Backfill, PollState
from integrations.tasks import dispatcher
from integrations.tasks.models import Drain
from tests.polling.conftest import SETUP, World, at


@pytest.fixture
def look(world: World) -> Callable[..., None]:
    """One look after another, each meeting the trouble named, or none."""

    def looks(*troubles: str | None) -> None:
        for trouble in troubles:
            world.mill.write(trouble=[trouble] if trouble else [])
            world.due()
            errand.poll_due()

    return looks


def test_a_poll_that_gets_no_answer_is_a_failure_after_three_looks_and_closes_by_itself(
    world: World, look: Callable[..., None]
) -> None:
    world.deploy()
    look("transient", "transient")
    assert not Failure.objects.exists()
    look("transient", "transient")
    group = Failure.objects.get()
    assert (group.state, group.kind, group.sentence, group.count) == (
        "open",
        "transient",
        "The mill stands still.",
        2,
    )
    assert (group.flow_key, group.operation, group.info["endpoint"]) == (
        "milling",
        "mill.record_changed",
        world.endpoint.pk,
    )
    look(None)
    group.refresh_from_db()
    assert group.state == Failure.State.RESOLVED


def test_what_only_a_person_can_cure_is_a_failure_at_once(world: World, look: Callable[..., None]) -> None:
    world.deploy()
    look("bug")
    assert (Failure.objects.get().kind, Failure.objects.get().verdict) == ("bug", "system")
    look("limited")  # the far system only asks for patience
    assert Failure.objects.get().count == 1


def test_what_somebody_ignored_stays_so_until_it_has_worked(world: World, look: Callable[..., None]) -> None:
    world.deploy()
    look("bug")
    ignore(Failure.objects.get(), "dana")
    look("bug")
    assert Failure.objects.get().state == Failure.State.IGNORED
    look(None, "bug")
    assert sorted(Failure.objects.values_list("state", flat=True)) == ["ignored", "open"]


def test_a_flow_that_is_stopped_has_no_trouble_any_more(world: World, look: Callable[..., None]) -> None:
    release = world.deploy()
    look("bug")
    world.pause(release)
    assert Failure.objects.get().state == Failure.State.RESOLVED


def test_a_paused_poll_rests_through_releases_and_finds_afterwards_what_it_missed(world: World) -> None:
    world.deploy()
    world.since("09:00")
    assert pause(world.endpoint, SETUP, "Sage is moved") is True
    assert pause(world.endpoint, SETUP, "Sage is moved") is False
    world.mill.put("r1", "10:00", "meanwhile")
    assert world.sweep() == []
    world.deploy()
    assert world.sweep() == []
    endpoint = world.endpoint
    assert (endpoint.paused_by, endpoint.paused_why, world.state.next_at) == ("set-up", "Sage is moved", None)
    assert resume(endpoint, SETUP) is True
    assert resume(endpoint, SETUP) is False
    assert world.sweep() == ["r1:meanwhile"]
    assert list(
        AuditEntry.objects.filter(action="endpoint.pause").order_by("id").values_list("note", flat=True)
    ) == [
        "Paused: Sage is moved",
        "Resumed",
    ]


def test_pausing_needs_a_reason_and_something_that_looks_by_itself(world: World) -> None:
    world.deploy()
    with pytest.raises(Config, match="Say why"):
        pause(world.endpoint, SETUP, " ")
    endpoint = world.endpoint
    endpoint.kind = "webhook"
    with pytest.raises(Config, match="can't be paused"):
        pause(endpoint, SETUP, "So")


def test_what_a_drain_that_died_looked_at_is_looked_at_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "fill_slots", lambda: None)
    world.deploy()
    now = timezone.now()
    Backfill.objects.create(
        endpoint=world.endpoint, since=at("01:00"), until=at("02:00"), created_by="x", next_at=now
    )
    assert take(PollState, now, "dead-drain") is not None
    assert take(Backfill, now, "living-drain") is not None
    assert take(PollState, now, "another") is None
    Drain.objects.create(
        owner="dead-drain", state="live", host="", pid=None, started_at=at("01:00"), heartbeat_at=at("01:00")
    )
    dispatcher.sweep()
    assert take(PollState, now, "another") is not None
    assert take(Backfill, now, "another") is None
    assert free_leases_of(["another", "nobody"]) == 1


def test_an_operator_pauses_and_resumes_on_the_endpoints_page(world: World) -> None:
    world.deploy()
    operator = User.objects.create(username="oz")
    Membership.objects.create(user=operator, role="operator", environment=world.environment)
    client = Client()
    client.force_login(operator)
    page = f"/admin/integrations/endpoint/{world.endpoint.pk}/"
    assert "Nothing is lost" in client.get(f"{page}pause/").content.decode()
    assert client.post(f"{page}pause/", {"note": ""}).status_code == 422
    assert client.post(f"{page}pause/", {"note": "Moving"}).status_code == 302
    shown = client.get(f"{page}change/").content.decode()
    for words in ("Paused", "oz: Moving", "Resume…"):
        assert words in shown
    assert "It looks at once." in client.get(f"{page}pause/").content.decode()
    client.post(f"{page}pause/")
    assert world.state.next_at is not None
    assert Event.objects.count() == 0
