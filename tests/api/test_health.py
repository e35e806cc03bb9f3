"""Is it alive, and can it work?"""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from integrations.api import health
from integrations.tasks.models import Drain


def beat(seconds_ago: float) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    Drain.objects.create(owner=f"drain-{seconds_ago}", state="live", started_at=at, heartbeat_at=at)


def test_it_is_alive_without_a_database() -> None:
    assert Client().get("/healthz").json() == {"ok": True}


def test_it_is_ready_while_drains_beat(db: None) -> None:
    beat(1)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "checks": {"database": True, "migrations": True, "drains": True}},
    )


@pytest.mark.parametrize("beats", [[], [600]])
def test_it_is_not_ready_when_nothing_carries_runs(db: None, beats: list[float]) -> None:
    for seconds in beats:
        beat(seconds)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["drains"]) == (503, False)


def test_it_is_not_ready_before_its_tables_are_there(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    beat(1)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda _self, _targets: [("m", False)])
    assert Client().get("/readyz").json()["checks"] == {"database": True, "migrations": False, "drains": True}


def test_it_is_not_ready_without_its_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bool:
        raise DatabaseError

    monkeypatch.setattr(health, "_database", broken)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
