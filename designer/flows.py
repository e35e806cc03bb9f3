"""Flows as people list them: what they are, where they run, how the last day went. A fixed number of queries per page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncHour
from django.utils import timezone

from connectors.sdk.wire import Json
from designer.models import Flow, FlowVersion
from integrations.keyset import aside
from integrations.releases.models import Environment, Release
from integrations.runs.models import Run
from integrations.runs.numbers import first_since

__all__ = ["Overview", "current_document", "overviews"]

HOURS = 24
_OVER: dict[str, str] = {
    Run.State.SUCCEEDED: "succeeded",
    Run.State.PARKED: "parked",
    Run.State.FAILED: "failed",
}


@dataclass(slots=True)
class Overview:
    """One flow with what the list shows of it. `spark` is runs per hour, the oldest hour first."""

    flow: Flow
    version: int | None
    nodes: int
    environments: list[dict[str, Any]] = field(default_factory=list)
    last_run: Run | None = None
    runs_24h: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_OVER.values(), 0))
    spark: list[int] = field(default_factory=lambda: [0] * HOURS)


def overviews(flows: Sequence[Flow], seen: Iterable[Environment]) -> list[Overview]:
    """The flows as seen by somebody who may see the runs of `seen`: five queries, however many flows."""
    environments = {one.pk: one for one in seen}
    latest = _latest_documents(flows)
    rows = {flow.key: Overview(flow, *latest[flow.pk]) for flow in flows}
    _add_releases(rows, environments)
    _add_last_runs(rows, environments)
    _add_last_day(rows, environments, timezone.now())
    return list(rows.values())


def current_document(flow: Flow) -> tuple[int | None, dict[str, Json], dict[str, Json]]:
    """(version, graph, layout) of the newest version, or of the draft (version None) before there is one."""
    version = FlowVersion.objects.filter(flow=flow).order_by("-number").first()
    if version is not None:
        return version.number, version.graph, version.layout
    document = dict(flow.draft.document) if hasattr(flow, "draft") else {}
    layout = document.pop("layout", {})
    return None, document, layout


def _latest_documents(flows: Sequence[Flow]) -> dict[int, tuple[int | None, int]]:
    """Flow id → (newest version, number of nodes); a flow without versions counts the nodes of its draft."""
    newest = FlowVersion.objects.filter(flow=OuterRef("flow")).order_by("-number").values("pk")[:1]
    versions = FlowVersion.objects.filter(flow__in=flows, pk=Subquery(newest)).values_list(
        "flow_id", "number", "graph"
    )
    found: dict[int, tuple[int | None, int]] = {
        flow: (number, _nodes(graph)) for flow, number, graph in versions
    }
    for flow in flows:
        if flow.pk not in found:
            found[flow.pk] = (None, _nodes(flow.draft.document) if hasattr(flow, "draft") else 0)
    return found


def _nodes(level: Mapping[str, Json]) -> int:
    """The nodes of a graph, those of loop bodies included."""
    nodes = level.get("nodes") or {}
    return len(nodes) + sum(_nodes(node["body"]) for node in nodes.values() if node.get("body"))


def _add_releases(rows: Mapping[str, Overview], environments: Mapping[int, Environment]) -> None:
    """Per environment the active release, or the newest one that waits to be activated."""
    releases = Release.objects.filter(flow_key__in=rows, environment__in=environments).order_by(
        "active", "number"
    )
    shown: dict[tuple[str, int], tuple[int, bool]] = {}
    for key, environment, number, active in releases.values_list(
        "flow_key", "environment_id", "number", "active"
    ):
        shown[key, environment] = (number, active)
    for key, row in rows.items():
        for pk, where in environments.items():
            release, runs = shown.get((key, pk), (None, False))
            row.environments.append({"environment": where.key, "release": release, "active": runs})


def _add_last_runs(rows: Mapping[str, Overview], environments: Mapping[int, Environment]) -> None:
    ids = _newest_runs(list(rows), list(environments))
    for run in Run.objects.filter(pk__in=ids).order_by("pk").only("flow_key", "state", "title", "queued_at"):
        rows[run.flow_key].last_run = run


def _newest_runs(keys: Sequence[str], environments: Sequence[int]) -> list[int]:
    """The newest run of each flow in each environment, as the index has them, in one query.

    With one branch for each where the database can: PostgreSQL then knows which flows are rare, and doesn't go through all runs
    for one of them.
    """
    if not keys or not environments:
        return []
    if connection.features.supports_slicing_ordering_in_compound:
        of_each = [
            Run.objects.filter(flow_key=key, environment=pk).order_by("-id").values_list("pk")[:1]
            for key in keys
            for pk in environments
        ]
        return [pk for (pk,) in of_each[0].union(*of_each[1:], all=True)]
    of_flow = Run.objects.filter(flow_key=OuterRef("key")).order_by("-id").values("pk")
    newest = {f"newest_{pk}": Subquery(of_flow.filter(environment=pk)[:1]) for pk in environments}
    found = Flow.objects.filter(key__in=keys).annotate(**newest).values_list(*newest)
    return [pk for row in found for pk in row if pk is not None]


def _add_last_day(
    rows: Mapping[str, Overview], environments: Mapping[int, Environment], now: datetime
) -> None:
    for key, hour, state, count in _last_day(list(rows), list(environments), now):
        row = rows[key]
        if state in _OVER:
            row.runs_24h[_OVER[state]] += count
        ago = int((now.replace(minute=0, second=0, microsecond=0) - hour).total_seconds() // 3600)
        if 0 <= ago < HOURS:
            row.spark[HOURS - 1 - ago] += count


def _last_day(
    keys: list[str], environments: list[int], now: datetime
) -> Iterable[tuple[str, datetime, str, int]]:
    """(flow, hour, state, runs) of the last day. Numbers rise with time, so the first of the day bounds the look."""
    recent: QuerySet[Run] = aside(
        Run.objects.filter(pk__gte=first_since(now - timedelta(hours=HOURS))),
        flow_key=keys,
        environment=environments,
    )
    grouped = (
        recent.annotate(hour=TruncHour("queued_at"))
        .values("flow_key", "hour", "state")
        .annotate(runs=Count("id"))
    )
    return grouped.order_by().values_list("flow_key", "hour", "state", "runs")
