"""A snoozed group comes back by itself: when it happens again, and when its time is over."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk import errors
from integrations.engine.outcome import Parked
from integrations.engine.plan import Plan
from integrations.engine.plan_codec import plan_to_json
from integrations.failures.capture import capture
from integrations.failures.models import Failure
from integrations.failures.snooze import open_again, open_those_over, snooze
from integrations.releases.models import Release
from integrations.releases.plans import plan_of
from integrations.runs.models import Run
from tests.effects.conftest import World, world

__all__ = ["world"]

AGAIN = timedelta(days=1)


def happened(run: Run, attempt: int = 1) -> Failure:
    problem = errors.Data("The customer has no address.")
    return capture(run, Parked(reason="person", path="make", node="make", attempt=attempt, failure=problem))


@pytest.fixture(autouse=True)
def planned(world: World) -> Iterator[None]:
    """The release has a plan, as every real one."""
    Release.objects.update(plan=plan_to_json(Plan("flow", "d" * 64, (), (), {})))
    plan_of.cache_clear()
    yield
    plan_of.cache_clear()


@pytest.fixture
def group(world: World) -> Failure:
    return happened(world.run())


@pytest.mark.parametrize("until", [AGAIN, -AGAIN], ids=["before its time is over", "after its time is over"])
def test_a_new_occurrence_opens_the_same_group_again(world: World, group: Failure, until: timedelta) -> None:
    assert snooze(group, timezone.now() + until)

    assert happened(world.run()).pk == group.pk

    group.refresh_from_db()
    assert (group.state, group.snoozed_until, group.count) == (Failure.State.OPEN, None, 2)


def test_an_occurrence_that_is_known_already_wakes_nobody(world: World) -> None:
    run = world.run()
    group = happened(run)
    snooze(group, timezone.now() + AGAIN)

    happened(run)

    group.refresh_from_db()
    assert (group.state, group.count) == (Failure.State.SNOOZED, 1)


def test_only_groups_whose_time_is_over_come_back(group: Failure) -> None:
    now = timezone.now()
    snooze(group, now + AGAIN)
    assert open_those_over(now) == 0
    assert open_those_over(now + AGAIN) == 1
    group.refresh_from_db()
    assert (group.state, group.snoozed_until) == (Failure.State.OPEN, None)


@pytest.mark.parametrize("state", [Failure.State.RESOLVED, Failure.State.IGNORED])
def test_a_settled_group_is_neither_snoozed_nor_opened(group: Failure, state: Failure.State) -> None:
    Failure.objects.filter(pk=group.pk).update(state=state)
    assert not snooze(group, timezone.now() + AGAIN)
    assert not open_again(group)
    group.refresh_from_db()
    assert (group.state, group.snoozed_until) == (state, None)
