"""A flow, an environment and fresh workers: each turn of a run is carried by a process that knows nothing of the one before."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.ingress.models import Event
from integrations.payloads import codec
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.runs.claim import claim
from integrations.runs.lease import Leases, new_owner
from integrations.runs.models import Run, StepEntry
from integrations.runs.repeated import spelled_out
from integrations.runs.runner import Runner
from integrations.runs.writer import InlineWriter
from tests.engine.workbench import flow

__all__ = ["START", "arrive", "carry", "install", "output_of", "steps_of"]

START: Json = {"type": "trigger", "config": {"kind": "manual", "business_key": "$event.key"}}


def install(nodes: Mapping[str, Json], *edges: str, **rest: Json) -> Release:
    """A release of this flow in the environment dev."""
    compiled = compile_flow(flow({"start": START, **nodes}, *edges, **rest), CATALOG)
    assert compiled.plan is not None, compiled.problems
    environment, _ = Environment.objects.get_or_create(key="dev", defaults={"name": "Development"})
    return Release.objects.create(
        environment=environment,
        flow_key="test-flow",
        flow_name="Test flow",
        number=Release.objects.count() + 1,
        digest=uuid.uuid4().hex,
        plan=compiled.plan.to_json(),
        graph={},
    )


def arrive(release: Release, **data: Json) -> Run:
    """An event arrived: its run is queued."""
    now = timezone.now()
    event = Event.objects.create(
        environment=release.environment,
        flow_key=release.flow_key,
        node="start",
        key=uuid.uuid4().hex,
        data=codec.pack(data, klass="event"),
        received_at=now,
    )
    return Run.objects.create(
        environment=release.environment,
        release=release,
        flow_key=release.flow_key,
        event=event,
        state=Run.State.QUEUED,
        due_at=now,
        queued_at=now,
    )


def carry(writer: Any = None) -> list[Run]:
    """Claim what is due and carry it, as a process that has just started; gives the runs as they then are."""
    plan_of.cache_clear()
    writer = writer or InlineWriter()
    leases = Leases(new_owner(), writer)
    claimed = writer.write(lambda: claim(leases.owner, 10))
    for run in claimed:
        Runner(writer, leases).advance(run)
    return list(Run.objects.filter(pk__in=[run.pk for run in claimed]).order_by("pk"))


def steps_of(run: Run) -> dict[str, list[str]]:
    """{path: the state of each attempt, with the port where it isn't main}."""
    found: dict[str, list[str]] = {}
    for step in StepEntry.objects.filter(run=run).order_by("path", "attempt"):
        port = f":{step.port}" if step.port not in {"", "main"} else ""
        found.setdefault(step.path, []).append(step.state + port)
    return found


def output_of(run: Run, path: str) -> Json:
    """What a step has put out."""
    (stored,) = spelled_out(run.pk, [StepEntry.objects.get(run=run, path=path, state="done").output])
    return codec.unpack(stored)
