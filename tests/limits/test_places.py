"""A far system that hangs takes its share of the threads and no more."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.db import connection as database
from django.utils import timezone

from integrations.engine.waiting import Held
from integrations.limits import calling
from integrations.limits.breaker import token
from integrations.limits.places import Places
from integrations.limits.process import PROCESS
from integrations.runs import runner as running
from integrations.runs.claim import claim
from integrations.runs.journal import RunJournal
from integrations.runs.lease import Leases, new_owner
from integrations.runs.models import Run
from integrations.runs.runner import Runner
from integrations.runs.writer import InlineWriter, Writer
from tests.limits.conftest import World
from tests.sandbox.bench import eventually


@pytest.mark.thorough
def test_a_system_that_hangs_leaves_the_others_their_threads(
    world: World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DRAIN_THREADS, settings.CALL_DEADLINE = 4, 20.0
    monkeypatch.setattr(running, "close_old_connections", database.close)
    world.second_account()
    world.bench.fault("streak", "hang", "always", path="/v1/pipelines", millis=19_000)
    world.read(6)
    world.write(4)
    writer = Writer()
    leases = Leases(new_owner(), writer)
    claimed = writer.write(lambda: claim(leases.owner, 10))

    def advance(run: Run) -> None:
        leases.hold(run.pk, threading.TIMEOUT_MAX)
        Runner(writer, leases).advance(run)
        database.close()

    with ThreadPoolExecutor(4) as threads:
        for run in claimed:
            threads.submit(advance, run)
        eventually(lambda: Run.objects.filter(state="succeeded").count() == 4, 60)
        hanging = Run.objects.filter(state="running").count()
        assert hanging == 2
        put_off = Run.objects.filter(state="parked", reason="rate")
        assert set(put_off.values_list("waits_for", flat=True)) == {token(world.connection.pk)}
        assert put_off.count() == 4
        world.bench.fault("streak", "hang", "off")
    writer.close()


def test_a_place_that_becomes_free_wakes_who_waits(world: World, settings: LazySettings) -> None:
    settings.DRAIN_THREADS = 2
    journal = Noting()
    place = calling.StepPlace(1, "look", 1, journal)
    with calling.step_of(world.connection, place), pytest.raises(Held):
        calling.step_of(world.connection, place).__enter__()
    assert len(journal.rode_along) == 1


def test_who_was_put_off_before_it_was_parked_is_found_by_the_errand(
    world: World, settings: LazySettings
) -> None:
    settings.DRAIN_THREADS = 2
    (run,) = world.read(1)
    PROCESS.places.take(world.connection.pk, 1)
    PROCESS.places.put_off(world.connection.pk)
    PROCESS.places.leave(world.connection.pk)
    calling.wake_who_waits(InlineWriter())  # nobody is parked yet
    Run.objects.filter(pk=run.pk).update(
        state="parked", waits_for=token(world.connection.pk), due_at="2999-01-01T00:00Z"
    )
    calling.wake_who_waits(InlineWriter())
    world.carry_until_done([run])


def test_who_was_put_off_by_a_process_that_died_is_found_by_another(world: World) -> None:
    (run,) = world.read(1)
    Run.objects.filter(pk=run.pk).update(
        state="parked", waits_for=token(world.connection.pk), due_at="2999-01-01T00:00Z"
    )
    assert PROCESS.places.take(world.connection.pk, 1)
    calling.wake_who_waits(InlineWriter())  # the only place is taken
    assert Run.objects.filter(due_at__gt=timezone.now()).exists()
    PROCESS.places.leave(world.connection.pk)
    calling.wake_who_waits(InlineWriter())
    world.carry_until_done([run])


def test_a_declared_cap_is_shared_by_the_processes() -> None:
    places = Places()
    assert [places.take(1, 2) for _ in range(3)] == [True, True, False]
    assert places.take(2, 2)
    places.leave(1)
    assert places.take(1, 2)


class Noting(RunJournal):
    """Only notes what would ride along with the step's record."""

    def __init__(self) -> None:
        self.rode_along: list[object] = []

    def ride_along(self, write: object) -> None:
        self.rode_along.append(write)
