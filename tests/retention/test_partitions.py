"""Steps and calls partitioned by run on PostgreSQL: nothing changes for who reads and writes; emptied partitions are dropped."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from integrations.retention import partitions
from integrations.retention.partitions import look_after_partitions
from integrations.runs.hand_over import EXCHANGES, STEPS
from integrations.runs.models import Exchange, Run, StepEntry
from tests.retention.past import environment, flow_of, past_run
from tests.retention.test_sweep import swept

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions"),
]

SQL = Path(__file__).parents[2] / "deploy" / "postgres" / "partition.sql"
SIZE = 100


@pytest.fixture
def before() -> Run:
    """A run from before the tables were partitioned."""
    return past_run(flow_of(environment()), 40)


@pytest.fixture
def partitioned(before: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """As the file says, but for a hundred runs a partition."""
    monkeypatch.setattr(partitions, "SIZE", SIZE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SQL.read_text().replace("1000000", str(SIZE)))
    return before


def names(table: str = "integrations_stepentry") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table]
        )
        return sorted(name for (name,) in cursor.fetchall())


def run_of(release: Any, number: int) -> Run:
    """A run with this number."""
    made = past_run(release, 40)
    for model in (StepEntry, Exchange):
        model.objects.filter(run=made).delete()
    Run.objects.filter(pk=made.pk).update(id=number)
    return Run.objects.get(pk=number)


def step(run: Run, seq: int = 1, state: str = "begun") -> list[Any]:
    now = timezone.now()
    named = {"run_id": run.pk, "path": "a", "attempt": 1, "node": "a", "spent": 0, "state": state, "port": "", "seq": seq,
             "started_at": now}  # fmt: skip
    return [named.get(column) for column in STEPS._columns]


def test_what_there_was_is_there(partitioned: Run) -> None:
    assert StepEntry.objects.filter(run=partitioned).count() == 2
    assert Exchange.objects.get(run=partitioned).status == 200
    assert "integrations_stepentry_first" in names()
    assert "integrations_stepentry_rest" in names()


def test_attempts_are_still_written_once(partitioned: Run) -> None:
    other = run_of(partitioned.release, partitioned.pk + 2 * SIZE)
    with transaction.atomic():
        STEPS.insert([step(other)])
        STEPS.insert([step(other, seq=2, state="done")])
    found = StepEntry.objects.get(run=other)
    assert (found.state, found.seq) == ("done", 2)
    assert found.pk > StepEntry.objects.filter(run=partitioned).latest("pk").pk
    again = StepEntry(
        run=other, path="a", node="a", attempt=1, state="done", started_at=found.started_at, seq=3
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    again.run_id = 10**9
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()  # there is no such run
    call = {"run_id": other.pk, "path": "a", "attempt": 1, "number": 1, "method": "GET", "url": "", "status": 200, "ms": 1.0,
            "error": "", "body": b"", "at": timezone.now()}  # fmt: skip
    for _ in range(2):
        EXCHANGES.insert([[call[column] for column in EXCHANGES._columns]])
    assert Exchange.objects.filter(run=other).count() == 1


def test_a_runs_steps_are_looked_for_in_one_partition(partitioned: Run) -> None:
    other = run_of(partitioned.release, partitioned.pk + 2 * SIZE)
    plan = StepEntry.objects.filter(run=other).explain()
    assert "first" not in plan
    assert "rest" not in plan


def test_partitions_are_made_ahead_and_dropped_when_they_are_empty(partitioned: Run) -> None:
    later = run_of(partitioned.release, partitioned.pk + 2 * SIZE)
    STEPS.insert([step(later)])
    before = names()
    assert look_after_partitions() > 0
    assert len(names()) > len(before)
    assert look_after_partitions() == 0  # there are steps in the first one
    swept()
    assert StepEntry.objects.count() == 0
    look_after_partitions()
    assert "integrations_stepentry_first" not in names()
    assert "integrations_exchange_first" not in names("integrations_exchange")
    assert "integrations_stepentry_rest" in names()


def test_a_partition_with_a_run_that_was_passed_by_stays(partitioned: Run) -> None:
    waiting = past_run(partitioned.release, 50, state="parked", ended_at=None)
    run_of(partitioned.release, partitioned.pk + 2 * SIZE)
    swept()
    StepEntry.objects.filter(run=waiting).delete()  # it may still get some
    look_after_partitions()
    assert "integrations_stepentry_first" in names()
