"""Runs under a limit: all are delivered, none spends an attempt, and a write isn't meant before its turn has come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.effects.models import Effect
from integrations.limits.models import RateBucket, Reservation
from integrations.limits.terms import terms_of
from integrations.runs.models import Exchange, Run, StepEntry
from tests.limits.conftest import World, carry
from tests.runs.carrying import steps_of

TEN_A_SECOND = {"scope": "connection", "calls": 10, "per": "1s"}
ONE_A_DAY = {"scope": "connection", "calls": 1, "per": "1d"}


def test_twice_the_demand_is_delivered_without_spending_an_attempt(world: World) -> None:
    world.limit(TEN_A_SECOND)
    runs = world.read(10) + world.write(10)
    world.carry_until_done(runs)

    assert set(Run.objects.values_list("state", "result")) == {("succeeded", "delivered")}
    assert set(StepEntry.objects.values_list("spent", flat=True)) == {0}
    assert len(world.comments()) == 10
    assert Exchange.objects.count() == 20
    assert not Reservation.objects.exists()


def test_those_who_wait_have_instants_of_their_own(world: World) -> None:
    world.limit({"scope": "connection", "calls": 2, "per": "1m"})
    world.read(6)
    carry()
    waiting = Run.objects.filter(state="parked", reason="rate", due_at__isnull=False)
    due = [run.due_at for run in waiting if run.due_at is not None]
    assert len(due) == 4
    assert len(set(due)) == 4
    assert sorted(due) == sorted(Reservation.objects.values_list("at", flat=True))


def test_a_write_waits_before_it_is_meant(world: World) -> None:
    world.limit(ONE_A_DAY)
    world.write(2)
    carry()
    waiting = Run.objects.get(state="parked")
    assert (waiting.reason, waiting.waits_for) == ("rate", f"rate:{world.connection.pk}")
    assert Effect.objects.count() == 1
    assert len(world.comments()) == 1


def test_whoever_comes_back_early_keeps_its_place(world: World) -> None:
    world.limit(ONE_A_DAY)
    world.read(2)
    carry()
    waiting = Run.objects.get(state="parked")
    for _ in range(3):
        world.come_due()
        carry()
    again = Run.objects.get(state="parked")
    assert again.due_at == waiting.due_at
    assert RateBucket.objects.get().version == 2
    assert set(steps_of(again)["look"]) == {"wait"}


def test_whoever_comes_at_its_instant_uses_what_it_was_granted(world: World) -> None:
    world.limit(ONE_A_DAY)
    world.read(2)
    carry()
    Reservation.objects.update(at=timezone.now())
    world.come_due()
    world.another_process()
    (run,) = carry()
    assert (run.state, steps_of(run)["look"]) == ("succeeded", ["wait", "done"])
    assert RateBucket.objects.get().version == 2
    assert not Reservation.objects.exists()


@pytest.mark.thorough
def test_a_place_that_was_missed_by_much_is_not_used(world: World) -> None:
    """After a long stand-still everybody comes at once: each gets a new instant instead of calling now."""
    world.limit({"scope": "connection", "calls": 1, "per": "1s"})
    world.read(4)
    carry()
    world.time_passes(hours=1)
    past = timezone.now() - timedelta(hours=1)
    Reservation.objects.update(at=past)
    before = Exchange.objects.count()
    carry()
    assert Exchange.objects.count() - before <= 1
    world.carry_until_done(list(Run.objects.all()))


def test_a_connection_without_limits_writes_nothing(world: World) -> None:
    world.carry_until_done(world.read(3))
    assert not RateBucket.objects.exists()


def test_no_limit_is_declared_for_a_sandbox_and_the_connectors_own_for_the_rest(world: World) -> None:
    assert terms_of(world.connection).allowances == ()
    world.connection.mark = "live"
    declared = terms_of(world.connection)
    assert [one.name for one in declared.allowances] == ["8/1"]
    assert declared.at_once == 2
    world.limit()
    assert terms_of(world.connection).allowances == ()


@pytest.mark.parametrize("operation", ["read", "write"])
def test_a_step_of_several_calls_gets_all_of_them_when_it_comes_back(world: World, operation: str) -> None:
    """Each attempt makes its calls anew: what it was granted must be enough for all of them."""
    world.limit({"scope": "connection", "calls": 2, "per": "1s"})
    world.carry_until_done(world.read(3) if operation == "read" else world.write(3))
    assert max(len(attempts) for run in Run.objects.all() for attempts in steps_of(run).values()) <= 3
