"""A sandbox, a connection to its Streak, and runs whose one step calls it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.wire import Json
from connectors.streak.sandbox.company import API_KEY
from integrations.limits.models import Breaker, RateBucket
from integrations.limits.process import PROCESS
from integrations.memory import forget_everything
from integrations.releases.models import Binding, Environment, Release
from integrations.runs import runner as running
from integrations.runs.claim import claim
from integrations.runs.lease import Leases, new_owner
from integrations.runs.models import Run
from integrations.runs.runner import Runner
from integrations.runs.writer import InlineWriter
from integrations.vault import connections
from integrations.vault.models import Connection
from tests.runs.carrying import arrive, install
from tests.sandbox.bench import Bench

LONGEST = 60.0  # seconds a test may take to get where it is going


def carry(limit: int = 20) -> list[Run]:
    """Claim what is due and carry it, one run after the other; gives the runs as they then are."""
    writer = InlineWriter()
    leases = Leases(new_owner(), writer)
    claimed = writer.write(lambda: claim(leases.owner, limit))
    for run in claimed:
        leases.hold(run.pk, time.monotonic())
        Runner(writer, leases).advance(run)
    return list(Run.objects.filter(pk__in=[run.pk for run in claimed]).order_by("pk"))


@dataclass
class World:
    """The connection under test, and shorthands for runs that use it."""

    bench: Bench
    connection: Connection
    reading: Release
    writing: Release

    def limit(self, *limits: Json) -> None:
        self.connection.own_limits = list(limits)
        self.connection.save()

    def read(self, count: int = 1) -> list[Run]:
        return [arrive(self.reading, key=f"read-{number}") for number in range(count)]

    def write(self, count: int = 1) -> list[Run]:
        return [arrive(self.writing, key=f"write-{number}") for number in range(count)]

    def another_process(self) -> None:
        """From here on this is a worker that has just started."""
        PROCESS.start_anew()
        forget_everything()

    def carry_until_done(self, runs: list[Run]) -> None:
        """Carry whatever is due until every one of `runs` has ended."""
        left = Run.objects.filter(pk__in=[run.pk for run in runs], ended_at=None)
        until = time.monotonic() + LONGEST
        while left.exists():
            assert time.monotonic() < until, list(left.values("state", "reason", "due_at"))
            if not carry():
                time.sleep(0.01)

    def come_due(self) -> None:
        """What waits is due now, whatever it waits for."""
        Run.objects.filter(state="parked").update(due_at=timezone.now())

    def breaker(self) -> Breaker:
        return Breaker.objects.get(connection=self.connection)

    def bucket(self) -> RateBucket:
        return RateBucket.objects.get(key=f"connection:{self.connection.pk}")

    def time_passes(self, **span: float) -> None:
        """All that is kept about limits and runs lies so much longer ago."""
        by = timedelta(**span)
        Breaker.objects.filter(open_since__isnull=False).update(
            open_since=F("open_since") - by, probe_at=F("probe_at") - by
        )
        RateBucket.objects.filter(blocked_until__isnull=False).update(blocked_until=F("blocked_until") - by)
        RateBucket.objects.filter(paced_at__isnull=False).update(paced_at=F("paced_at") - by)
        Run.objects.filter(due_at__isnull=False).update(due_at=F("due_at") - by)
        forget_everything()

    def second_account(self) -> Connection:
        """Another connection to Streak, to which the writing flow goes from here on."""
        made = _connection(self.bench, self.connection.environment, "crm2", "Streak, second account")
        self.writing = _writing(self.bench.box()["key"], "crm2")
        return made

    def comments(self) -> list[Json]:
        answer = self.bench.streak.read(f"/v2/boxes/{self.bench.box()['key']}/comments")
        return list(answer if isinstance(answer, list) else answer["results"])


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own database connection is still needed."""
    monkeypatch.setattr(running, "close_old_connections", lambda: None)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(SandboxHost(tmp_path / "state.db").start())
    yield made
    made.close()


@pytest.fixture
def world(transactional_db: Any, bench: Bench) -> World:
    environment = Environment.objects.create(key="dev", name="Development")
    connection = _connection(bench, environment, "crm", "Streak")
    return World(bench, connection, reading=_reading(), writing=_writing(bench.box()["key"]))


def _connection(bench: Bench, environment: Environment, slot: str, name: str) -> Connection:
    connection = Connection.objects.create(
        environment=environment,
        key=slot,
        name=name,
        connector="streak",
        auth="api_key",
        base_url=bench.host.streak_url,
        mark=Connection.Mark.SANDBOX,
        status=Connection.Status.OK,
    )
    connections.save_secrets(connection, {"api_key": API_KEY})
    Binding.objects.create(environment=environment, slot=slot, connection=connection)
    return connection


def _reading() -> Release:
    look = {"type": "call", "slot": "crm", "config": {"operation": "streak.list_pipelines", "input": {}}}
    return install({"look": look}, "start -> look")


def _writing(box: str, slot: str = "crm") -> Release:
    said = {"box_key": box, "message": {"$expr": "$event.key"}}
    config = {"operation": "streak.create_comment", "input": said, "once_per": "$event.key"}
    return install({"say": {"type": "call", "slot": slot, "config": config}}, "start -> say")
