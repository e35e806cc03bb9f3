"""A flow that starts by schedule, with time given by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.access.actor import Actor
from integrations.ingress.models import Endpoint, Event
from integrations.payloads.codec import unpack
from integrations.releases import endpoints
from integrations.releases.activate import activate, deactivate
from integrations.releases.install import Source, install
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.schedules import fire
from integrations.schedules.models import Schedule, ScheduleDue

__all__ = ["World", "at", "world"]

SETUP = Actor("set-up", superuser=True)


def at(text: str) -> datetime:
    """A moment in UTC: `2026-11-21 01:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class World:
    """One environment; `now` is what the clock shows while a flow is activated."""

    environment: Environment
    monkeypatch: pytest.MonkeyPatch

    def deploy(self, now: datetime, *, settings: Json = None, **trigger: Json) -> Release:
        """Activate the next release of the flow at `now`."""
        graph = {
            "format": 1,
            "key": "nightly",
            "nodes": {
                "start": {"type": "trigger", "config": {"kind": "schedule", **trigger}},
                "shape": {"type": "map", "config": {"fields": {"due": {"$expr": "$event.due"}}}},
            },
            "edges": {"e1": {"from": ["start", "main"], "to": ["shape", "main"]}},
            "settings": settings or {},
        }
        release = install(self.environment, Source("Nightly", 1, graph), SETUP)
        self.resume(release, now)
        return release

    def resume(self, release: Release, now: datetime) -> None:
        with self.monkeypatch.context() as patch:
            patch.setattr(endpoints, "timezone", _Stopped(now))
            activate(release, SETUP)

    def pause(self, release: Release) -> None:
        deactivate(release, SETUP)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint.objects.get(flow_key="nightly")

    @property
    def schedule(self) -> Schedule:
        return Schedule.objects.get(endpoint=self.endpoint)

    @property
    def next(self) -> datetime | None:
        waiting = ScheduleDue.objects.filter(state=ScheduleDue.State.PENDING)
        return waiting.values_list("due", flat=True).first()

    def tick(self, now: datetime) -> list[str]:
        """Look once; which due instants started a run, in order."""
        known = Event.objects.count()
        started = fire.fire_due(now)
        data = [unpack(event.data)["due"] for event in Event.objects.order_by("id")[known:]]
        assert started == len(data)
        return data

    def skipped(self) -> list[tuple[str, int]]:
        """(last instant, how many) of what was left out."""
        rows = ScheduleDue.objects.filter(state=ScheduleDue.State.SKIPPED).order_by("due")
        return [(row.due.strftime("%m-%d %H:%M"), row.count) for row in rows]


@dataclass
class _Stopped:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def __getattr__(self, name: str) -> Any:
        return getattr(timezone, name)


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    plan_of.cache_clear()
    return World(Environment.objects.create(key="dev", name="Development"), monkeypatch)
