"""Sweeps: what changed comes in once, the mark moves with the last page, and trouble loses nothing."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from connectors.sdk import registry
from connectors.sdk.errors import Transient
from connectors.sdk.trigger import Page, PollTrigger
from integrations.ingress.models import Endpoint, Event
from integrations.polling import errand, sweep
from integrations.polling.backoff import waiting_time
from integrations.polling.fetch import fetch
from integrations.polling.lease import LeaseLost, take
from integrations.polling.models import PollState
from integrations.vault.models import Connection
from tests.polling.conftest import World, at


def filled(world: World, count: int = 7) -> None:
    for number in range(count):
        world.mill.put(f"r{number}", f"09:{number:02}", "new")


def test_what_changed_since_the_mark_comes_in_page_by_page(world: World) -> None:
    filled(world)
    world.deploy()
    world.since("09:02")
    assert world.sweep() == ["r2:new", "r3:new", "r4:new", "r5:new", "r6:new"]
    event = Event.objects.earliest("id")
    assert (event.kind, event.node, event.title) == ("poll", "start", "r2")
    state = world.state
    assert (state.high_water, state.cursor, state.last_new, state.failures) == (at("11:58"), "", 5, 0)
    assert (state.lease, state.sweep) == ("", 2)
    assert state.next_at is not None
    assert timedelta(minutes=4) < state.next_at - timezone.now() < timedelta(minutes=6)


def test_a_new_poll_begins_with_what_changes_from_now_on_unless_all_is_wanted(world: World) -> None:
    filled(world, 2)
    world.deploy()
    assert world.sweep() == []
    assert world.mill.looks()[0][0] is not None
    world.deploy(
        existing=True, settings={"file": str(world.mill.path) + "x"}
    )  # looks at something else: begins anew
    world.deploy(existing=True)
    assert world.sweep() == ["r0:new", "r1:new"]


def test_the_overlap_is_looked_at_again_and_repeats_nothing(world: World) -> None:
    world.deploy()
    world.since("09:00")
    world.mill.put("a", "11:59", "one")
    assert world.sweep() == ["a:one"]
    assert world.state.boundary.keys() == {"a"}
    world.mill.put("b", "11:58:30", "late")  # became visible late
    world.mill.clock("12:05")
    assert world.sweep() == ["b:late"]
    assert world.mill.looks()[1][0] == at("11:58").isoformat()


def test_a_record_that_changes_again_comes_in_again(world: World) -> None:
    world.deploy()
    world.since("09:00")
    world.mill.put("a", "11:59", "one")
    assert world.sweep() == ["a:one"]
    world.mill.put("a", "11:59", "two")  # within the same second
    assert world.sweep() == ["a:two"]
    world.mill.put("a", "12:01", "one")
    world.mill.clock("12:02")
    assert world.sweep() == ["a:one"]
    assert world.sweep() == []


def test_what_a_retention_has_removed_is_not_new_again(world: World) -> None:
    world.deploy()
    world.since("09:00")
    world.mill.put("a", "11:59", "one")
    world.sweep()
    Event.objects.get().runs.all().delete()
    Event.objects.all().delete()
    assert world.sweep() == []


def test_the_mark_is_the_far_clock_not_ours_and_stays_without_one(world: World) -> None:
    filled(world, 2)
    world.deploy()
    world.since("09:00")
    world.mill.write(now="")
    assert world.sweep() == ["r0:new", "r1:new"]
    assert world.state.high_water == at("08:59")  # the latest change seen, less the overlap
    world.mill.write(records=[])
    assert world.sweep() == []
    assert world.state.high_water == at("08:59")


def test_a_source_of_days_is_compared_by_content(world: World) -> None:
    world.deploy("mill.sheet_changed")
    world.since("2026-11-20 00:00")
    for text, found in [("A", ["s:A"]), ("A", []), ("B", ["s:B"]), ("A", ["s:A"]), ("A", []), ("B", ["s:B"])]:
        world.mill.put("s", "09:00", text)
        assert world.sweep() == found
    assert world.state.high_water == at("2026-11-20 00:00")


def test_a_deletion_is_an_event(world: World) -> None:
    world.deploy()
    world.since("09:00")
    world.mill.put("a", "09:01", "one")
    world.sweep()
    world.mill.put("a", "12:00", "one", deleted=True)
    assert world.sweep() == ["a:one"]


def test_one_errand_takes_a_page_or_two(world: World) -> None:
    filled(world, 9)
    world.deploy()
    world.since("09:00")
    assert errand.poll_due() == 2
    state = world.state
    assert (Event.objects.count(), bool(state.cursor), state.lease) == (6, True, "")
    assert state.high_water == at("09:00")
    assert errand.poll_due() == 1
    assert (Event.objects.count(), errand.poll_due()) == (9, 0)


def test_a_cursor_that_is_too_old_begins_the_sweep_again(world: World) -> None:
    filled(world, 9)
    world.deploy()
    world.since("09:00")
    errand.poll_due()
    PollState.objects.update(page_at=timezone.now() - timedelta(minutes=11))
    assert len(world.sweep()) == 3
    assert [cursor for _, cursor in world.mill.looks()][2] is None
    assert Event.objects.count() == 9


TROUBLE = [
    ("transient", 1, (8, 12), "The mill stands still."),
    ("limited", 0, (90, 90), "Slow down."),
    ("bug", 1, (8, 12), "Record changed: the answer could not be read."),
    ("cursor", 1, (8, 12), "The mill has forgotten the place."),
]


@pytest.mark.parametrize(("kind", "failures", "wait", "note"), TROUBLE)
def test_trouble_is_noted_and_looked_at_again(
    world: World, kind: str, failures: int, wait: tuple[int, int], note: str
) -> None:
    filled(world)
    world.deploy()
    world.since("09:00")
    world.mill.write(trouble=[None, kind])
    began = timezone.now()
    errand.poll_due()
    ended, state = timezone.now(), world.state
    assert (Event.objects.count(), state.failures, state.note, state.high_water) == (
        3,
        failures,
        note,
        at("09:00"),
    )
    assert state.next_at is not None
    assert began + timedelta(seconds=wait[0]) <= state.next_at <= ended + timedelta(seconds=wait[1])
    assert len(world.sweep()) == 4
    assert (world.state.failures, world.state.note, world.state.high_water) == (0, "", at("11:58"))


def test_failures_wait_longer_each_time_up_to_an_hour() -> None:
    waits = [waiting_time(Transient("Down."), failures) for failures in range(1, 12)]
    assert all(10 * 2**n * 0.8 <= wait <= 10 * 2**n * 1.2 for n, wait in enumerate(waits[:8]))
    assert waits[-1] <= 3600 * 1.2
    assert waiting_time(Transient("Down.", retry_after=7200), 1) == 7200


def test_a_refused_key_asks_for_a_reconnection_and_is_not_tried_again(world: World) -> None:
    filled(world, 1)
    world.deploy()
    world.since("09:00")
    world.mill.write(trouble=["auth"])
    assert world.sweep() == []
    world.connection.refresh_from_db()
    assert world.connection.status == Connection.Status.RECONNECT
    assert world.sweep() == []
    assert (len(world.mill.looks()), world.state.note) == (1, "“Mill” must be connected again.")
    Connection.objects.update(status=Connection.Status.OK)
    assert world.sweep() == ["r0:new"]


def test_an_empty_slot_is_said(world: World) -> None:
    world.deploy()
    world.environment.bindings.all().delete()
    assert world.sweep() == []
    assert world.state.note == "Nothing is connected to the slot “mill” in Development."


def test_a_paused_flow_does_not_look_and_goes_on_from_its_mark(world: World) -> None:
    release = world.deploy()
    world.since("09:00")
    world.pause(release)
    filled(world, 2)
    assert (world.sweep(), world.state.next_at) == ([], None)
    world.deploy()
    assert world.sweep() == ["r0:new", "r1:new"]


def test_one_that_was_stopped_while_it_looked_stores_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(world, 2)
    release = world.deploy()
    world.since("09:00")

    def stopped_meanwhile(
        endpoint: Endpoint, trigger: PollTrigger, since: datetime | None, cursor: str
    ) -> Page:
        page = fetch(endpoint, trigger, since, cursor)
        world.pause(release)
        return page

    monkeypatch.setattr(sweep, "fetch", stopped_meanwhile)
    errand.poll_due()
    assert (Event.objects.count(), world.state.high_water) == (0, at("09:00"))


def test_only_one_looks_at_a_time_and_a_late_one_is_refused(world: World) -> None:
    filled(world, 2)
    world.deploy()
    world.since("09:00")
    now = timezone.now()
    slow = take(PollState, now)
    assert slow is not None
    assert take(PollState, now) is None
    PollState.objects.update(lease_until=now - timedelta(seconds=1))
    assert world.sweep() == ["r0:new", "r1:new"]
    trigger = registry.trigger("mill.record_changed")
    assert isinstance(trigger, PollTrigger)
    with pytest.raises(LeaseLost):
        sweep.carry_on(slow, trigger, now)
    assert Event.objects.count() == 2
