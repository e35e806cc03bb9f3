"""Due instants start runs once: after a stop by the misfire policy, over releases and pauses, with two dispatchers at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.ingress.models import Event
from integrations.ingress.pausing import pause, resume
from integrations.payloads.codec import unpack
from integrations.releases.install import Source, install
from integrations.runs.models import Run
from integrations.schedules import fire
from integrations.schedules.models import Schedule, ScheduleDue
from tests.schedules.conftest import SETUP, World, at

HALF_PAST_ONE = "30 1 * * *"
STATE = ScheduleDue.State


def test_an_instant_starts_one_run_and_the_next_one_waits(world: World) -> None:
    world.deploy(at("2026-11-20 12:00"), cron=HALF_PAST_ONE, zone="Europe/London")
    assert world.tick(at("2026-11-21 01:29")) == []
    assert world.tick(at("2026-11-21 01:30")) == ["2026-11-21T01:30:00Z"]
    assert world.tick(at("2026-11-21 01:31")) == []
    assert world.next == at("2026-11-22 01:30")

    event = Event.objects.get()
    assert (event.kind, event.key, event.node) == ("schedule", "schedule:2026-11-21T01:30:00Z", "start")
    assert event.title == "Sat 21 Nov 2026, 01:30"
    assert Run.objects.get().event == event
    assert unpack(event.data) == {
        "due": "2026-11-21T01:30:00Z",
        "scheduled_for": "2026-11-21T01:30:00+00:00",
        "zone": "Europe/London",
        "previous": None,
    }
    assert world.tick(at("2026-11-22 01:30:05")) == ["2026-11-22T01:30:00Z"]
    assert unpack(Event.objects.latest("id").data)["previous"] == "2026-11-21T01:30:00Z"


def test_the_zone_is_the_nodes_else_the_flows_else_the_companys(world: World) -> None:
    world.deploy(at("2026-07-01 12:00"), cron=HALF_PAST_ONE)
    assert (world.schedule.zone, world.next) == ("Europe/London", at("2026-07-02 00:30"))
    world.deploy(at("2026-07-01 12:00"), cron=HALF_PAST_ONE, settings={"time_zone": "America/New_York"})
    assert world.next == at("2026-07-02 05:30")
    world.deploy(
        at("2026-07-01 12:00"), cron=HALF_PAST_ONE, settings={"time_zone": "America/New_York"}, zone="UTC"
    )
    assert world.next == at("2026-07-02 01:30")
    assert world.schedule.description == "At 01:30 every day, UTC"


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_the_clocks_change_has_one_run(world: World, day: str) -> None:
    noon = at(f"{day} 12:00")
    world.deploy(noon - timedelta(days=1), cron=HALF_PAST_ONE, zone="Europe/London")
    moment, started = noon - timedelta(days=1), []
    while moment < noon:
        moment += timedelta(minutes=7)
        started += world.tick(moment)
    assert len(started) == 1


TWO_WEEKS = [
    ({"policy": "skip"}, [], [("12-05 01:30", 14)]),
    ({"policy": "once"}, ["2026-12-05"], [("12-04 01:30", 13)]),
    ({}, ["2026-12-05"], [("12-04 01:30", 13)]),
    ({"policy": "all", "most": 3}, ["2026-12-03", "2026-12-04", "2026-12-05"], [("12-02 01:30", 11)]),
    ({"policy": "all", "most": 14}, [f"2026-{day}" for day in (
        "11-22", "11-23", "11-24", "11-25", "11-26", "11-27", "11-28", "11-29", "11-30",
        "12-01", "12-02", "12-03", "12-04", "12-05")], []),
]  # fmt: skip


@pytest.mark.parametrize(("misfire", "days", "skipped"), TWO_WEEKS)
def test_after_two_weeks_of_standstill_the_policy_decides(
    world: World, misfire: Any, days: list[str], skipped: list[tuple[str, int]]
) -> None:
    world.deploy(at("2026-11-21 12:00"), cron=HALF_PAST_ONE, zone="UTC", misfire=misfire)
    assert world.tick(at("2026-12-05 12:00")) == [f"{day}T01:30:00Z" for day in days]
    assert (world.skipped(), world.next) == (skipped, at("2026-12-06 01:30"))
    assert world.schedule.missed == sum(count for _, count in skipped)
    assert world.tick(at("2026-12-05 12:01")) == []


def test_one_that_is_on_time_stands_for_those_missed_before_it(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    assert world.tick(at("2026-11-21 16:00:20")) == ["2026-11-21T16:00:00Z"]
    assert world.skipped() == [("11-21 15:00", 3)]


def test_all_means_late_and_on_time_alike(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC", misfire={"policy": "all", "most": 2})
    started = world.tick(at("2026-11-21 16:00:20"))
    assert [due[11:16] for due in started] == ["14:00", "15:00", "16:00"]
    assert world.skipped() == [("11-21 13:00", 1)]


def test_within_the_grace_an_instant_is_on_time(world: World) -> None:
    skip = {"policy": "skip", "grace": 300}
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC", misfire=skip)
    assert world.tick(at("2026-11-21 13:05:00")) == ["2026-11-21T13:00:00Z"]
    assert world.tick(at("2026-11-21 14:05:01")) == []
    assert world.skipped() == [("11-21 14:00", 1)]


def test_two_years_of_every_minute_are_not_counted_one_by_one(world: World) -> None:
    world.deploy(at("2026-01-01 00:00"), cron="* * * * *", zone="UTC", misfire={"policy": "all", "most": 2})
    started = world.tick(at("2028-01-01 00:00:30"))
    assert started == ["2027-12-31T23:58:00Z", "2027-12-31T23:59:00Z", "2028-01-01T00:00:00Z"]
    assert world.schedule.missed > 50_000
    assert world.next == at("2028-01-01 00:01")


def test_a_clock_set_back_repeats_nothing(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    assert len(world.tick(at("2026-11-21 13:00"))) == 1
    assert world.tick(at("2026-11-21 12:59")) == []
    assert world.tick(at("2026-11-21 13:00")) == []
    assert world.tick(at("2026-11-21 14:00")) == ["2026-11-21T14:00:00Z"]
    world.deploy(at("2026-11-21 13:30"), cron="*/30 * * * *", zone="UTC")
    assert world.next == at("2026-11-21 14:30")
    assert Event.objects.count() == 2


def test_a_release_that_leaves_the_schedule_as_it_was_disturbs_nothing(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), every={"n": 1, "unit": "hours"})
    world.deploy(at("2026-11-21 12:50"), every={"n": 1, "unit": "hours"}, misfire={"policy": "skip"})
    assert (world.next, world.schedule.misfire) == (at("2026-11-21 13:00"), {"policy": "skip"})
    assert world.tick(at("2026-11-21 13:00")) == ["2026-11-21T13:00:00Z"]


def test_a_changed_schedule_keeps_its_past_and_goes_on_from_now(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    world.tick(at("2026-11-21 13:00"))
    world.deploy(at("2026-11-21 13:10"), cron="15 * * * *", zone="UTC")
    assert world.next == at("2026-11-21 13:15")
    assert list(ScheduleDue.objects.filter(state=STATE.FIRED).values_list("due", flat=True)) == [
        at("2026-11-21 13:00")
    ]
    assert Schedule.objects.count() == 1


def test_an_instant_that_has_come_when_the_schedule_changes_is_still_started(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    world.deploy(at("2026-11-21 13:00:01"), cron="30 * * * *", zone="UTC")
    assert world.tick(at("2026-11-21 13:00:02")) == ["2026-11-21T13:00:00Z"]
    assert world.next == at("2026-11-21 13:30")
    assert world.schedule.missed == 0


def test_a_paused_flow_starts_nothing_and_goes_on_from_when_it_is_resumed(world: World) -> None:
    release = world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    world.tick(at("2026-11-21 13:00"))
    world.pause(release)
    assert world.next is None
    assert world.tick(at("2026-11-21 15:00")) == []
    world.resume(release, at("2026-11-21 16:30"))
    assert world.next == at("2026-11-21 17:00")
    assert world.tick(at("2026-11-21 17:00")) == ["2026-11-21T17:00:00Z"]
    assert world.schedule.missed == 0


def test_a_flow_that_starts_otherwise_from_now_on_waits_for_no_instant(world: World) -> None:
    release = world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    graph = release.graph
    graph["nodes"]["start"]["config"] = {"kind": "webhook"}
    world.resume(install(world.environment, Source("Nightly", 2, graph), SETUP), at("2026-11-21 12:30"))
    assert (world.next, world.endpoint.kind) == (None, "webhook")


def test_a_schedule_that_lost_its_row_gets_one_again(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    world.tick(at("2026-11-21 13:00"))
    ScheduleDue.objects.filter(state=STATE.PENDING).delete()
    world.tick(at("2026-11-21 13:20"))
    assert world.next == at("2026-11-21 14:00")


def test_a_failed_start_leaves_the_instant_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")

    def breaks(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fire, "_note_fired", breaks)
        with pytest.raises(KeyboardInterrupt):
            fire.fire_due(at("2026-11-21 13:00"))
    assert (Event.objects.count(), world.next) == (0, at("2026-11-21 13:00"))
    assert world.tick(at("2026-11-21 13:00:10")) == ["2026-11-21T13:00:00Z"]


def together(work: Callable[[], Any], times: int) -> None:
    """Do it in so many threads that begin at the same moment."""
    ready = threading.Barrier(times)

    def begin() -> None:
        ready.wait(30)
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_dispatchers_at_the_same_time_start_one_run(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    for hour in range(13, 19):
        together(partial(fire.fire_due, at(f"2026-11-21 {hour}:00")), 4)
    assert [event.key[-9:-4] for event in Event.objects.order_by("id")] == [
        f"{hour}:00" for hour in range(13, 19)
    ]
    assert Run.objects.count() == 6


def test_one_that_another_dispatcher_holds_is_passed_over(world: World) -> None:
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("SQLite has one writer at a time")
    world.deploy(at("2026-11-21 12:00"), cron="0 * * * *", zone="UTC")
    with transaction.atomic():
        ScheduleDue.objects.select_for_update().get(state=STATE.PENDING)
        together(lambda: fire.fire_due(at("2026-11-21 13:00")), 1)
        assert Event.objects.count() == 0
    assert len(world.tick(at("2026-11-21 13:00"))) == 1


def test_what_became_of_instants_is_kept_for_a_while(world: World) -> None:
    world.deploy(at("2026-11-21 12:00"), cron="0 0 1 * *", zone="UTC")
    for month in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04"):
        world.tick(at(f"{month}-01 00:00"))
    kept = ScheduleDue.objects.filter(state=STATE.FIRED).order_by("due").values_list("due", flat=True)
    assert [due.month for due in kept] == [1, 2, 3, 4]


def test_a_paused_schedule_starts_nothing_through_releases_and_goes_on_with_the_next_time(
    world: World,
) -> None:
    world.deploy(at("2026-11-20 09:00"), cron="0 10 * * *", zone="UTC")
    pause(world.endpoint, SETUP, "The month is closed")
    assert world.next is None
    assert world.tick(at("2026-11-20 10:00")) == []
    world.deploy(at("2026-11-21 09:00"), cron="0 10 * * *", zone="UTC")
    assert (world.next, world.tick(at("2026-11-21 10:00"))) == (None, [])
    assert resume(world.endpoint, SETUP) is True
    (due,) = ScheduleDue.objects.filter(state=STATE.PENDING).values_list("due", flat=True)
    assert due > timezone.now()
    assert (due.hour, world.skipped()) == (10, [])
