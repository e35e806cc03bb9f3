"""A flow that polls the mill: a far system that is a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from connectors.sdk.registry import extra_root
from connectors.sdk.wire import Json
from integrations.access.actor import Actor
from integrations.ingress.models import Endpoint, Event
from integrations.payloads.codec import unpack
from integrations.polling.errand import poll_due
from integrations.polling.models import Backfill, PollState
from integrations.releases.activate import activate, deactivate
from integrations.releases.bindings import bind
from integrations.releases.install import Source, install
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of
from integrations.runs.models import Run
from integrations.vault.models import Connection
from integrations.vault.store import save_secrets

__all__ = ["SETUP", "Mill", "World", "at", "world"]

SETUP = Actor("set-up", superuser=True)
LONG_AGO = timedelta(hours=1)


def at(text: str) -> datetime:
    """`09:30` of the mill's day, or a whole moment; in UTC."""
    whole = text if len(text) > len("09:30:00") else f"2026-11-21 {text}"
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)


@dataclass
class Mill:
    """The far system, as its own people see it."""

    path: Path

    def write(self, **changes: Json) -> None:
        self.path.write_text(json.dumps({**self.state(), **changes}), encoding="utf-8")

    def state(self) -> Json:
        empty = {"now": at("12:00").isoformat(), "records": []}
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else empty

    def put(self, record: str, when: str, text: str = "", **more: Json) -> None:
        """Make or change one record."""
        rest = [one for one in self.state()["records"] if one["id"] != record]
        self.write(records=[*rest, {"id": record, "at": at(when).isoformat(), "text": text, **more}])

    def clock(self, when: str) -> None:
        self.write(now=at(when).isoformat())

    def looks(self) -> list[list[str | None]]:
        """[since, cursor] of every call so far."""
        return list(self.state().get("looks", []))


@dataclass
class World:
    environment: Environment
    connection: Connection
    mill: Mill

    def deploy(self, trigger: str = "mill.record_changed", **config: Json) -> Release:
        graph = {
            "format": 1,
            "key": "milling",
            "nodes": {
                "start": {
                    "type": "trigger",
                    "slot": "mill",
                    "config": {
                        "kind": "poll",
                        "trigger": trigger,
                        "settings": {"file": str(self.mill.path)},
                        "business_key": "$event.id",
                        **config,
                    },
                },
                "shape": {"type": "map", "config": {"fields": {"id": {"$expr": "$event.id"}}}},
            },
            "edges": {"e1": {"from": ["start", "main"], "to": ["shape", "main"]}},
        }
        return activate(install(self.environment, Source("Milling", 1, graph), SETUP), SETUP)

    def pause(self, release: Release) -> None:
        deactivate(release, SETUP)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint.objects.get(flow_key="milling")

    @property
    def state(self) -> PollState:
        return PollState.objects.get(endpoint=self.endpoint)

    def since(self, when: str) -> None:
        """Where the next sweep begins, as if it had been polled before."""
        PollState.objects.update(high_water=at(when))

    def due(self) -> None:
        """Its time has come, and whoever held it is long dead."""
        now = timezone.now()
        PollState.objects.filter(next_at__isnull=False).update(next_at=now)
        PollState.objects.exclude(lease="").update(lease_until=now - LONG_AGO)
        Backfill.objects.filter(next_at__isnull=False).update(next_at=now)
        Backfill.objects.exclude(lease="").update(lease_until=now - LONG_AGO)

    def sweep(self) -> list[str]:
        """One whole sweep; the texts of what is new, in order."""
        known = Event.objects.count()
        self.due()
        while poll_due():
            pass
        return self.texts()[known:]

    def texts(self) -> list[str]:
        """`id:text` of every event, in order. Each has its run."""
        events = list(Event.objects.order_by("id"))
        assert list(Run.objects.order_by("event_id").values_list("event_id", flat=True)) == [
            one.pk for one in events
        ]
        data = [unpack(event.data) for event in events]
        return [f"{one['id']}:{one['text']}" for one in data]


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    plan_of.cache_clear()
    environment = Environment.objects.create(key="dev", name="Development")
    connection = Connection.objects.create(
        environment=environment,
        key="mill",
        name="Mill",
        connector="mill",
        auth="api_key",
        base_url="https://mill.example.com",
        status="ok",
    )
    save_secrets(connection, {"api_key": "very-secret-mill-key"})
    with extra_root(Path(__file__).parent / "far"):
        bind(environment, "mill", connection, SETUP)
        mill = Mill(tmp_path / "mill.json")
        mill.write()
        yield World(environment, connection, mill)
