"""Looking into the benched installation's database: how big it is, whether every run is over, what a step put out."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, connections
from django.db.models import Max

from integrations.ingress.models import Event
from integrations.payloads import codec
from integrations.runs.models import Run, StepEntry
from tests.bench.stage import BenchError

__all__ = ["accepted", "by_table", "ended", "latest_output", "size", "wait_until_over"]

PATIENCE = 180.0  # seconds
POLL = 0.1  # seconds
_BY_TABLE = {
    "sqlite": "SELECT name, sum(pgsize) FROM dbstat GROUP BY name",
    "postgresql": "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't')",
}
_OVER = list(Run.TERMINAL)
_STUCK = ("person", "reconnect")


def wait_until_over(flow: str, wanted: int) -> None:
    """Wait until `wanted` runs of the flow are over. Raises `BenchError` when they aren't, or one has not succeeded."""
    until = time.monotonic() + PATIENCE
    runs = Run.objects.filter(flow_key=flow)
    while (over := runs.filter(state__in=_OVER).count()) < wanted:
        stuck = runs.filter(reason__in=_STUCK).exists()
        if stuck or time.monotonic() > until:
            raise BenchError(f"{over} of {wanted} runs of {flow} are over. {_states(flow)}")
        time.sleep(POLL)
    if runs.filter(state__in=_OVER).exclude(state=Run.State.SUCCEEDED).exists():
        raise BenchError(f"Runs of {flow} did not succeed. {_states(flow)}")
    _leave()


def ended(flow: str) -> datetime:
    """When the flow's last run ended."""
    last: datetime | None = Run.objects.filter(flow_key=flow).aggregate(last=Max("ended_at"))["last"]
    if last is None:
        raise BenchError(f"No run of {flow} has ended.")
    _leave()
    return last


def accepted(flow: str, series: str) -> list[int]:
    """The numbers of the series whose webhook was stored."""
    keys = Event.objects.filter(flow_key=flow, key__startswith=f"{series}-").values_list("key", flat=True)
    return [int(key.rpartition("-")[2]) for key in keys]


def latest_output(flow: str, node: str) -> Any:
    """What the newest run of the flow put out at that step."""
    step = StepEntry.objects.filter(run=_newest(flow), node=node).latest("attempt")
    return codec.unpack(step.output)


def size() -> int:
    """Bytes of what the installation's databases hold: write-ahead log brought home, old versions of rows given up."""
    return sum(_size(alias) for alias in connections)


def _size(alias: str) -> int:
    one = connections[alias]
    with one.cursor() as cursor:
        if one.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            path = Path(str(settings.DATABASES[alias]["NAME"]))
            return sum(
                part.stat().st_size for part in (path, path.with_name(f"{path.name}-wal")) if part.exists()
            )
        cursor.execute("VACUUM FULL")  # old versions of rows are room for new ones, not data
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def by_table() -> dict[str, int]:
    """Bytes of each table and index of the business database; nothing where SQLite was built without its statistics."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(_BY_TABLE[connection.vendor])
        except OperationalError:
            return {}
        found = dict(cursor.fetchall())
    _leave()
    return found


def _newest(flow: str) -> Run:
    return Run.objects.filter(flow_key=flow).latest("pk")


def _states(flow: str) -> str:
    """What the runs that are not over wait for, in words."""
    rows = Run.objects.filter(flow_key=flow).exclude(state=Run.State.SUCCEEDED).select_related("failure")[:3]
    told = [f"{run.state} ({run.reason}: {run.failure})" for run in rows]
    problem = (
        StepEntry.objects.filter(run__flow_key=flow)
        .exclude(problem=None)
        .values_list("problem", flat=True)
        .last()
    )
    return f"Others: {', '.join(told)}. Last problem: {problem}"


def _leave() -> None:
    """Hold no read transaction open."""
    connection.close()
