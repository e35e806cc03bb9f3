"""A far system that doesn't answer: left alone by all, tried by one, and its runs come back in growing numbers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.limits import breaker, calling
from integrations.limits.board import look_again
from integrations.limits.models import Breaker
from integrations.limits.process import PROCESS
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.runs.writer import InlineWriter
from integrations.vault.health import test_connection as try_connection
from tests.limits.conftest import World, carry


def trip(world: World) -> None:
    """Five runs in a row get no answer."""
    world.bench.fault("streak", "unavailable", "always")
    world.read(5)
    carry()


def test_five_calls_without_an_answer_open_it_and_the_others_make_none(world: World) -> None:
    trip(world)
    assert Exchange.objects.count() == 5
    assert world.breaker().open_since is not None
    world.another_process()
    world.read(4)
    world.write(3)
    carry()

    assert Exchange.objects.count() == 5
    parked = Run.objects.filter(waits_for=breaker.token(world.connection.pk))
    assert set(parked.values_list("state", "reason")) == {("parked", "retry")}
    assert parked.count() == 7
    spent = StepEntry.objects.filter(run__in=parked).values_list("spent", flat=True)
    assert set(spent) == {0}


def test_one_call_is_let_through_and_its_success_brings_all_back(world: World) -> None:
    trip(world)
    world.write(10)
    carry()
    world.bench.fault("streak", "unavailable", "off")
    world.time_passes(seconds=11)
    world.another_process()
    assert len(carry(limit=1)) == 1
    assert world.breaker().open_since is None

    waiting = Run.objects.filter(waits_for=breaker.token(world.connection.pk))
    assert waiting.filter(due_at__gt=timezone.now()).exists()  # not all at once
    rounds = 0
    while Run.objects.exclude(state="succeeded").exists():
        Run.objects.filter(state="parked", reason="retry", waits_for="").update(due_at=timezone.now())
        carry()
        calling.wake_who_waits(InlineWriter())
        rounds += 1
        assert rounds < 20
    assert len(world.comments()) == 10


def test_only_one_of_two_workers_may_try(world: World) -> None:
    trip(world)
    world.time_passes(seconds=11)
    now = timezone.now()
    assert [breaker.try_to_probe(world.connection.pk, now) for _ in range(3)] == [True, False, False]
    later = world.breaker().probe_at
    assert later is not None
    assert later > now + timedelta(seconds=20)


def test_a_try_that_fails_doubles_the_pause(world: World) -> None:
    trip(world)
    pauses = []
    for _ in range(7):
        world.time_passes(hours=1)
        carry(limit=1)
        probe_at = world.breaker().probe_at
        assert probe_at is not None
        pauses.append(round((probe_at - timezone.now()).total_seconds() / 10))
    assert pauses == [2, 4, 8, 16, 30, 30, 30]
    assert Exchange.objects.count() == 5 + 7


def test_a_tester_who_dies_is_followed_by_another(world: World) -> None:
    trip(world)
    world.time_passes(seconds=11)
    assert breaker.try_to_probe(world.connection.pk, timezone.now())
    world.time_passes(minutes=1)
    assert breaker.try_to_probe(world.connection.pk, timezone.now())


@pytest.mark.parametrize("kind", ["refuse", "rate_limit"])
def test_a_refusal_is_an_answer(world: World, kind: str) -> None:
    world.bench.fault("streak", kind, "always", millis=1_000)
    world.read(6)
    carry()
    assert not Breaker.objects.filter(open_since__isnull=False).exists()


def test_an_answer_between_failures_counts_anew(world: World) -> None:
    world.bench.fault("streak", "unavailable", "count", count=4)
    world.read(5)
    carry()
    world.bench.fault("streak", "unavailable", "count", count=4)
    world.read(4)
    carry()
    assert world.breaker().open_since is None
    assert world.breaker().failures == 4


def test_a_system_that_fails_every_other_time_is_left_alone_too(world: World) -> None:
    outcomes = [PROCESS.outcomes.note(world.connection.pk, failed=turn % 2 == 0) for turn in range(40)]
    assert any(outcomes)


def test_a_persons_test_closes_it(world: World) -> None:
    trip(world)
    world.bench.fault("streak", "unavailable", "off")
    look_again()
    try_connection(world.connection)
    assert world.breaker().open_since is None


def test_all_is_well_and_nothing_is_written(world: World) -> None:
    world.carry_until_done(world.read(3) + world.write(3))
    assert not Breaker.objects.exists()
