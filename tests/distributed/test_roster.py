"""The list of drains under doubled, lost and late messages, foreign machines, and a broker that is away."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.ingress.models import Event
from integrations.releases.models import Environment, Release
from integrations.runs import claim as claiming
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter
from integrations.tasks import dispatcher, drain, roster
from integrations.tasks.backend import QueueAway
from integrations.tasks.models import Drain

pytestmark = pytest.mark.django_db(transaction=True)


class Broker:
    """Remembers what was queued; may be away."""

    workers_come_and_go = True

    def __init__(self) -> None:
        self.owners: list[str] = []
        self.away = False

    def queue_drain(self, owner: str) -> None:
        if self.away:
            raise QueueAway
        self.owners.append(owner)


@pytest.fixture(autouse=True)
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr(roster, "get_backend", lambda: made)
    return made


def row(
    owner: str, state: str = "live", *, host: str = "", pid: int | None = None, silent: float = 0
) -> Drain:
    now = timezone.now()
    beat = now - timedelta(seconds=silent)
    return Drain.objects.create(
        owner=owner, state=state, host=host, pid=pid, started_at=now, heartbeat_at=beat
    )


def ended_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.fixture
def run() -> Run:
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


def held_by(owner: str) -> None:
    assert InlineWriter().write(lambda: claiming.claim(owner, 1))


def test_a_message_makes_its_queued_drain_resident() -> None:
    row("a", "queued")
    assert roster.join("a")
    found = Drain.objects.get(owner="a")
    assert (found.state, found.pid, found.host) == ("live", os.getpid(), roster.here())


def test_a_message_that_comes_twice_changes_nothing_for_the_drain_at_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = row("a", host="elsewhere/1", pid=5)
    began: list[str] = []
    monkeypatch.setattr(drain, "Draining", began.append)

    drain.drain("a")

    assert began == []
    assert Drain.objects.get() == elsewhere
    assert Drain.objects.get().pid == 5


def test_a_message_believed_lost_starts_a_drain_like_any_other() -> None:
    assert roster.join("late")
    assert Drain.objects.get(owner="late").state == "live"


def test_a_message_given_back_by_a_killed_process_takes_its_place_and_frees_its_runs(run: Run) -> None:
    row("a", host=roster.here(), pid=ended_process())
    held_by("a")

    assert roster.join("a")

    run.refresh_from_db()
    assert (run.state, run.lease_owner) == ("queued", "")
    assert Drain.objects.get(owner="a").pid == os.getpid()


def test_as_many_messages_as_a_worker_has_slots_always_wait(broker: Broker) -> None:
    for number in range(5):
        row(f"live {number}", host="elsewhere/1", pid=number)
    dispatcher.sweep()
    dispatcher.sweep()
    assert len(broker.owners) == 2
    assert Drain.objects.filter(state="queued").count() == 2


def test_lost_messages_are_made_up_for_within_seconds_when_nobody_works(broker: Broker) -> None:
    dispatcher.sweep()
    Drain.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=5))
    dispatcher.sweep()
    assert len(set(broker.owners)) == 4
    assert Drain.objects.count() == 2


def test_a_message_waits_for_a_free_slot_longer_than_a_slice_before_it_counts_as_lost(broker: Broker) -> None:
    row("busy", host="elsewhere/1", pid=5)
    dispatcher.sweep()
    queued = set(broker.owners)
    Drain.objects.filter(state="queued").update(heartbeat_at=timezone.now() - timedelta(seconds=30))
    dispatcher.sweep()
    assert set(broker.owners) == queued
    Drain.objects.filter(state="queued").update(heartbeat_at=timezone.now() - timedelta(seconds=50))
    dispatcher.sweep()
    assert len(broker.owners) == 2 * len(queued)


def test_while_the_broker_is_away_the_sweep_goes_on_and_queues_as_soon_as_it_is_back(
    broker: Broker, run: Run
) -> None:
    held_by("dead elsewhere")
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    broker.away = True

    dispatcher.sweep()

    run.refresh_from_db()
    assert run.state == "queued"
    assert not Drain.objects.exists()
    broker.away = False
    dispatcher.sweep()
    assert len(broker.owners) == 2


def test_a_process_of_another_machine_is_judged_by_its_silence_alone(run: Run) -> None:
    """Its process id means nothing here, even if the host has our name: a container's processes are its own."""
    name = roster.here().partition("/")[0]
    row("there", host=f"{name}/another", pid=ended_process())
    held_by("there")

    dispatcher.sweep()
    run.refresh_from_db()
    assert run.state == "running"

    Drain.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=13))
    dispatcher.sweep()
    run.refresh_from_db()
    assert run.state == "queued"
    assert not Drain.objects.filter(owner="there").exists()


def test_a_drain_that_beats_between_look_and_burial_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    row("slow", host="elsewhere/1", pid=5, silent=20)
    judged = roster._gone

    def beat_meanwhile(found: Drain, *args: object, **how: bool) -> bool:
        gone = judged(found, *args, **how)  # type: ignore[arg-type]  # passed on as they came
        roster.beat("slow")
        return gone

    monkeypatch.setattr(roster, "_gone", beat_meanwhile)
    assert roster.bury_dead(patient=False) == []
    assert Drain.objects.filter(owner="slow").exists()


def test_a_drain_taken_for_dead_is_on_the_list_again_with_its_next_beat() -> None:
    roster.join("a")
    Drain.objects.all().delete()
    roster.beat("a")
    assert Drain.objects.get(owner="a").state == "live"
