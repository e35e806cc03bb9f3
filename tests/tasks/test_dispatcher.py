"""The sweep keeps the slots filled, buries the dead and frees their runs at once."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.failures.models import Failure
from integrations.ingress.models import Event
from integrations.releases.models import Environment, Release
from integrations.runs import claim as claiming
from integrations.runs.claim import wake_waiting
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter
from integrations.tasks import dispatcher, roster
from integrations.tasks.chores import Chores
from integrations.tasks.doorbell import Doorbell, ring
from integrations.tasks.models import Drain

pytestmark = pytest.mark.django_db(transaction=True)


class Queue:
    """Remembers what was queued."""

    workers_come_and_go = False

    def __init__(self) -> None:
        self.owners: list[str] = []

    def queue_drain(self, owner: str) -> None:
        self.owners.append(owner)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    made = Queue()
    monkeypatch.setattr(roster, "get_backend", lambda: made)
    return made


@pytest.fixture
def queued_run() -> Run:
    environment = Environment.objects.create(key="dev", name="Development")
    release = Release.objects.create(
        environment=environment, flow_key="flow", flow_name="Flow", number=1, digest="d", plan={}, graph={}
    )
    now = timezone.now()
    event = Event.objects.create(
        environment=environment, flow_key="flow", node="n", key="k", data=b"", received_at=now
    )
    return Run.objects.create(
        environment=environment, release=release, flow_key="flow", event=event, due_at=now, queued_at=now
    )


def claim(owner: str, limit: int) -> list[Run]:
    return InlineWriter().write(lambda: claiming.claim(owner, limit))


def live(owner: str, pid: int) -> Drain:
    now = timezone.now()
    return Drain.objects.create(
        owner=owner, state="live", host=roster.here(), pid=pid, started_at=now, heartbeat_at=now
    )


def test_every_empty_slot_gets_one_drain_however_often_it_sweeps(queue: Queue) -> None:
    dispatcher.sweep()
    dispatcher.sweep()

    assert len(queue.owners) == 2
    assert set(queue.owners) == set(Drain.objects.values_list("owner", flat=True))


def test_a_live_drain_keeps_its_slot(queue: Queue) -> None:
    live("here", os.getpid())
    dispatcher.sweep()
    assert len(queue.owners) == 1


def test_runs_of_a_process_that_died_are_due_again_at_once(queued_run: Run) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    live("dead", child.pid)
    claim("dead", 1)
    child.kill()
    child.communicate()

    dispatcher.sweep()

    queued_run.refresh_from_db()
    assert (queued_run.state, queued_run.suspect, queued_run.lease_owner) == ("queued", True, "")
    assert not Drain.objects.filter(owner="dead").exists()


def test_a_killed_child_nobody_collected_yet_counts_as_dead(queued_run: Run) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    live("zombie", child.pid)
    claim("zombie", 1)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

    dispatcher.sweep()

    queued_run.refresh_from_db()
    assert queued_run.state == "queued"
    child.communicate()


def test_an_expired_lease_is_reaped_and_a_good_one_is_not(queued_run: Run) -> None:
    claim("elsewhere", 1)
    dispatcher.sweep()
    queued_run.refresh_from_db()
    assert queued_run.state == "running"

    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    dispatcher.sweep()
    queued_run.refresh_from_db()
    assert queued_run.state == "queued"


def test_the_chores_bring_back_failures_whose_snooze_is_over(queued_run: Run) -> None:
    now = timezone.now()
    groups = [
        Failure.objects.create(
            environment=queued_run.environment,
            fingerprint=str(days),
            state="snoozed",
            kind="data",
            code="data",
            sentence="Refused.",
            verdict="data",
            flow_key="flow",
            node="n",
            first_at=now,
            last_at=now,
            snoozed_until=now + timedelta(days=days),
        )
        for days in (-1, 1)
    ]
    Chores().do_due()
    assert [Failure.objects.get(pk=one.pk).state for one in groups] == ["open", "snoozed"]


def test_a_claim_raises_the_fence_and_is_not_given_twice(queued_run: Run) -> None:
    assert [run.fence for run in claim("a", 5)] == [1]
    assert claim("b", 5) == []


def test_a_run_that_waits_for_an_effect_is_woken_by_its_settlement(queued_run: Run) -> None:
    Run.objects.update(
        state="parked", reason="effect", waits_for="effect:7", due_at=timezone.now() + timedelta(hours=1)
    )
    assert wake_waiting("effect:7") == 1
    assert len(claim("a", 5)) == 1


def test_a_ring_is_heard_and_two_rings_are_one() -> None:
    bell = Doorbell("test-owner")
    ring()
    ring()
    assert bell.wait(5)
    assert not bell.wait(0.01)
    bell.close()
    ring()
