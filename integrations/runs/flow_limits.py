"""How many runs of a flow may be under way at once, where the flow says so (`settings.concurrency`)."""

import zlib
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from integrations.memory import remembered
from integrations.releases.models import Release
from integrations.runs.models import Run

__all__ = ["Room", "is_limited", "room_of_limited_flows"]


@dataclass(frozen=True, slots=True)
class Room:
    """How many more runs of a limited flow may begin now."""

    flow_key: str
    room: int


@remembered(seconds=2.0)
def _limited_flows() -> dict[int, dict[str, int]]:
    """By environment: flow → how many at once, as its active release says (runs of older releases obey it as well)."""
    active = Release.objects.filter(active=True, plan__settings__has_key="concurrency")
    found: dict[int, dict[str, int]] = {}
    for environment_id, flow_key, most in active.values_list(
        "environment_id", "flow_key", "plan__settings__concurrency"
    ):
        found.setdefault(environment_id, {})[flow_key] = int(most)
    return found


def is_limited(environment_id: int, flow_key: str) -> bool:
    """Whether runs of this flow may have to wait for each other."""
    return flow_key in _limited_flows().get(environment_id, {})


def room_of_limited_flows(environment_id: int) -> list[Room]:
    """The limited flows of an environment, with the room each has. Inside the claim's transaction: until it ends, nobody else
    begins a run of these flows."""
    limits = _limited_flows().get(environment_id)
    if not limits:
        return []
    if connection.vendor == "postgresql":
        _lock(environment_id, sorted(limits))
    running = Run.objects.filter(
        environment_id=environment_id,
        flow_key__in=limits,
        lease_until__isnull=False,
        state=Run.State.RUNNING,
    )
    counts = dict(running.values_list("flow_key").annotate(Count("pk")).order_by())
    return [Room(flow, max(most - counts.get(flow, 0), 0)) for flow, most in limits.items()]


def _lock(environment_id: int, flows: list[str]) -> None:
    """SQLite has one writer anyway; PostgreSQL's claimers take turns for these flows alone."""
    with connection.cursor() as cursor:
        for flow in flows:
            number = zlib.crc32(flow.encode()) - 2**31
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [environment_id, number])
