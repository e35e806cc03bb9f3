"""An arrival → the event, stored once → one run of the active release, in one transaction; the doorbell rings on commit."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.sdk.errors import Config
from connectors.sdk.trigger import Arrival
from connectors.sdk.wire import Json
from integrations.ingress.models import Endpoint, Event
from integrations.payloads import codec
from integrations.releases.models import Environment, Release
from integrations.runs.admission import admit
from integrations.runs.models import Run
from integrations.runs.rows import Table
from integrations.tasks.doorbell import ring

__all__ = ["store_events", "take_in", "trigger_manually"]

EVENT_COLUMNS = (
    "environment_id",
    "endpoint_id",
    "flow_key",
    "node",
    "kind",
    "key",
    "title",
    "data",
    "received_at",
    "duplicates",
)
EVENTS = Table(Event, EVENT_COLUMNS)
DEDUPE_WINDOW = timedelta(minutes=10)  # within which an equal body without a delivery id is a repetition


def take_in(
    endpoint: Endpoint, arrivals: Sequence[Arrival], raw: bytes, release_id: int | None = None
) -> list[Event]:
    """Store every arrival once and queue its run of that release (the active one); a repetition is counted, not run.

    Returns the new events.
    """
    release = release_id or _active_release(endpoint.environment_id, endpoint.flow_key).pk
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        stored = [
            (event, arrival.data)
            for arrival in arrivals
            if (event := _store(endpoint, arrival, raw, now)) is not None
        ]
        admit(stored, release, now)
        if stored:
            transaction.on_commit(ring)
    return [event for event, _ in stored]


def trigger_manually(
    environment: Environment, flow_key: str, node: str, data: Json, by: str
) -> tuple[Event, list[Run]]:
    """A person (or an API client) starts a flow with this data. Raises `Config` when it has no active release."""
    release = _active_release(environment.pk, flow_key)
    now = timezone.now()
    with transaction.atomic():
        event = Event.objects.create(
            environment=environment,
            endpoint=None,
            flow_key=flow_key,
            node=node,
            kind="manual",
            key=f"manual:{uuid.uuid4().hex}",
            title=f"Started by {by}"[:200],
            data=codec.pack(data, klass="event"),
            received_at=now,
        )
        admit([(event, data)], release.pk, now)
        transaction.on_commit(ring)
    return event, list(Run.objects.filter(event=event))


def store_events(
    endpoint: Endpoint, release: Release, found: Sequence[tuple[str, str, Json]], now: datetime
) -> list[Event]:
    """Store what a schedule or a poll found as (key, title, data), once per key, and queue its runs. Returns the new events.

    Part of the caller's transaction.
    """
    unique = {key[:200]: (title, data) for key, title, data in found}
    known = Event.objects.filter(endpoint=endpoint, key__in=list(unique)).values_list("key", flat=True)
    for key in known:
        unique.pop(key, None)
    events = Event.objects.bulk_create(
        Event(
            environment_id=endpoint.environment_id,
            endpoint=endpoint,
            flow_key=endpoint.flow_key,
            node=endpoint.node,
            kind=endpoint.kind,
            key=key,
            title=title[:200],
            data=codec.pack(data, klass="event"),
            received_at=now,
        )
        for key, (title, data) in unique.items()
    )
    admit([(event, unique[event.key][1]) for event in events], release.pk, now)
    if events:
        transaction.on_commit(ring)
    return events


def _active_release(environment_id: int, flow_key: str) -> Release:
    release = (
        Release.objects.filter(environment_id=environment_id, flow_key=flow_key, active=True)
        .only("id")
        .first()
    )
    if release is None:
        raise Config("This flow has no active release here. Activate one first.", code="not_active")
    return release


def _store(endpoint: Endpoint, arrival: Arrival, raw: bytes, now: datetime) -> Event | None:
    """The new event, or None when the same thing had arrived before: that is counted."""
    event = Event(
        environment_id=endpoint.environment_id,
        endpoint_id=endpoint.pk,
        flow_key=endpoint.flow_key,
        node=endpoint.node,
        kind="webhook",
        key=(arrival.key or _body_key(raw, now))[:200],
        title=arrival.title[:200],
        data=codec.pack(arrival.data, klass="event"),
        received_at=now,
    )
    made = EVENTS.insert_returning([getattr(event, column) for column in EVENT_COLUMNS])
    if made is not None:
        event.pk = made
        return event
    Event.objects.filter(endpoint=endpoint, key=event.key).update(
        duplicates=F("duplicates") + 1, last_duplicate_at=now
    )
    return None


def _body_key(raw: bytes, now: datetime) -> str:
    """Without a delivery id an equal body within the window is a repetition; when in doubt it is accepted."""
    window = int(now.timestamp() // DEDUPE_WINDOW.total_seconds())
    return f"sha256:{hashlib.sha256(raw).hexdigest()}:{window}"
