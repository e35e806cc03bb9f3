"""Whose run is next: the last environment first, limited flows within their limit, suspects alone, killers set aside."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.failures.models import Failure
from integrations.ingress.models import Event
from integrations.memory import forget_everything
from integrations.releases.models import Environment, Release
from integrations.runs import claim as claiming
from integrations.runs.age import give_up_aged
from integrations.runs.models import Run
from integrations.runs.quarantine import quarantine_killers
from integrations.runs.slots import Recorder, Slots
from integrations.runs.writer import InlineWriter

pytestmark = pytest.mark.django_db(transaction=True)


def queue(environment: str = "dev", flow: str = "flow", **settings: Any) -> Run:
    order = {"dev": 0, "qa": 1, "prod": 2}[environment]
    place, _ = Environment.objects.get_or_create(
        key=environment, defaults={"name": environment, "order": order}
    )
    release, _ = Release.objects.get_or_create(
        environment=place,
        flow_key=flow,
        number=1,
        defaults={
            "flow_name": flow,
            "digest": "d",
            "plan": {
                "format": 1,
                "key": flow,
                "digest": "d",
                "steps": [],
                "edges": [],
                "needs": {},
                "settings": settings,
            },
            "graph": {},
            "active": True,
        },
    )
    now = timezone.now()
    event = Event.objects.create(
        environment=place, flow_key=flow, node="n", key=str(Event.objects.count()), data=b"", received_at=now
    )
    forget_everything()
    return Run.objects.create(
        environment=place, release=release, flow_key=flow, event=event, due_at=now, queued_at=now
    )


def claim(limit: int = 10, owner: str = "here") -> list[int]:
    return [run.pk for run in InlineWriter().write(lambda: claiming.claim(owner, limit))]


def died(owner: str = "here") -> int:
    return claiming.free_leases_of([owner], timezone.now())


def test_the_last_environment_goes_first_however_long_others_have_waited() -> None:
    dev, qa, prod = queue("dev"), queue("qa"), queue("prod")
    assert [claim(1), claim(1), claim(1)] == [[prod.pk], [qa.pk], [dev.pk]]


def test_a_limited_flow_has_no_more_runs_under_way_than_it_says() -> None:
    limited = [queue(flow="slow", concurrency=2).pk for _ in range(4)]
    free = [queue(flow="fast").pk for _ in range(3)]

    assert claim() == sorted([*limited[:2], *free])
    assert claim() == []
    Run.objects.filter(pk=limited[0]).update(state="succeeded", lease_until=None)
    assert claim() == [limited[2]]


def test_runs_a_dead_worker_was_computing_are_suspects_and_the_others_are_not() -> None:
    computing, waiting = queue(), queue()
    claim()
    slots = Slots(computing=2, held=4, recorder=Recorder("here"))
    slots.take()
    slots.begin(computing.pk)

    assert died() == 2
    assert dict(Run.objects.values_list("pk", "suspect")) == {computing.pk: True, waiting.pk: False}
    assert claim() == [waiting.pk]
    alone = InlineWriter().write(lambda: claiming.claim_suspect("alone"))
    assert alone is not None
    assert alone.pk == computing.pk


def test_a_run_that_waited_for_a_far_system_is_no_suspect() -> None:
    run = queue()
    claim()
    slots = Slots(computing=2, held=4, recorder=Recorder("here"))
    slots.take()
    slots.begin(run.pk)
    with slots.waiting(run.pk):
        died()
    run.refresh_from_db()
    assert (run.state, run.suspect) == ("queued", False)


def test_two_deaths_while_alone_mean_quarantine_with_a_diagnosis() -> None:
    run = queue()
    claim()
    died()  # nobody knows what the worker computed, so it is a suspect
    for _ in range(2):
        assert quarantine_killers() == 0
        InlineWriter().write(lambda: claiming.claim_suspect("alone"))
        died("alone")

    assert quarantine_killers() == 1
    run.refresh_from_db()
    assert (run.state, run.reason, run.suspect) == ("parked", "person", False)
    failure = Failure.objects.get()
    assert failure.code == "kills_workers"
    assert "died 2 times" in failure.sentence


def test_a_lease_that_ran_out_is_no_accusation() -> None:
    run = queue()
    claim()
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claiming.reap(timezone.now()) == 1
    run.refresh_from_db()
    assert (run.state, run.suspect, run.deaths) == ("queued", False, 0)


def test_a_run_older_than_its_flow_allows_ends_as_failed() -> None:
    old, young = queue(max_age_days=2), queue()
    Run.objects.filter(pk=old.pk).update(queued_at=timezone.now() - timedelta(days=3))
    assert give_up_aged() == 1
    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {old.pk: "failed", young.pk: "queued"}


def test_few_compute_and_many_wait() -> None:
    slots = Slots(computing=2, held=3, recorder=Recorder("few"))
    for _ in range(2):
        slots.take()
    assert slots.free() == 0
    with slots.waiting(1):
        assert slots.free() == 1
        slots.take()
        assert slots.free() == 0
    slots.end()
    slots.end()
    slots.end()
    assert slots.free() == 2


def test_the_next_moment_anything_is_due_is_an_aware_one_over_all_environments() -> None:
    assert (claiming.next_due(), claiming.anything_due(timezone.now())) == (None, False)
    soon, later, sooner = (timezone.now() + timedelta(seconds=seconds) for seconds in (60, 90, 30))
    for environment, due_at, suspect in (("dev", soon, False), ("prod", later, False), ("qa", sooner, True)):
        run = queue(environment)
        Run.objects.filter(pk=run.pk).update(state="parked", due_at=due_at, suspect=suspect)
    forget_everything()
    assert claiming.next_due() == soon
    assert not claiming.anything_due(timezone.now())
    assert claiming.anything_due(soon)


def test_a_claimed_run_is_what_the_orm_would_read() -> None:
    queued = queue()
    (claimed,) = InlineWriter().write(lambda: claiming.claim("me", 8))
    read = Run.objects.select_related("event").get(pk=queued.pk)
    columns = [field.attname for field in Run._meta.concrete_fields]
    assert {name: getattr(claimed, name) for name in columns} == {
        name: getattr(read, name) for name in columns
    }
    assert bytes(claimed.event.data) == bytes(read.event.data)
    assert claimed.event.received_at == read.event.received_at
