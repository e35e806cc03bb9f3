"""New runs for stored events: queued, in their lane where the flow has one. Inside the transaction that stores the events."""

import logging
from collections.abc import Sequence
from datetime import datetime

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.expressions import compile_expression
from integrations.ingress.models import Event
from integrations.releases.models import Variable
from integrations.releases.plans import settings_of
from integrations.runs import lanes
from integrations.runs.models import Run
from integrations.runs.rows import Row, Table

__all__ = ["admit", "lane_key"]

logger = logging.getLogger(__name__)
COLUMNS = (
    "environment_id",
    "release_id",
    "flow_key",
    "event_id",
    "title",
    "state",
    "reason",
    "result",
    "due_at",
    "waits_for",
    "fence",
    "lease_owner",
    "deaths",
    "suspect",
    "lane_id",
    "place",
    "seq",
    "currency",
    "queued_at",
)
RUNS = Table(Run, COLUMNS)


def admit(arrived: Sequence[tuple[Event, Json]], release_id: int, now: datetime) -> None:
    """Queue one run of a release for each event; the JSON is the event's data, uncoded, for the lane's key."""
    settings = settings_of(release_id)
    lane, quiet = settings.get("lane"), float(settings.get("debounce_seconds") or 0)
    if not lane:
        RUNS.insert(_row(event, release_id, now) for event, _ in arrived)
        return
    for event, data in arrived:
        _into_lane(event, release_id, lane_key(lane["key"], event, data), (now, quiet))


def lane_key(source: str, event: Event, data: Json) -> str:
    """Which lane an event's run goes in; "" = none, when its key can't be told: the run then goes by itself, rather than not at all."""
    variables = Variable.objects.filter(environment_id=event.environment_id) if "$vars" in source else ()
    names = {"event": data, "vars": {one.key: one.value for one in variables}}
    try:
        found = compile_expression(source).evaluate(names)
    except Failure as failure:
        logger.warning("event %s has no lane: %s", event.pk, failure.sentence)
        return ""
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _into_lane(event: Event, release_id: int, key: str, when: tuple[datetime, float]) -> None:
    now, quiet = when
    if not key:
        RUNS.insert([_row(event, release_id, now)])
        return
    turn = lanes.enter(event.environment_id, event.flow_key, key, now, quiet)
    run_id = RUNS.insert_returning(_row(event, release_id, now, turn))
    if turn.due_at is not None and run_id is not None:
        lanes.hold(turn.lane_id, run_id)


def _row(event: Event, release_id: int, now: datetime, turn: lanes.Turn | None = None) -> Row:
    """In the order of `COLUMNS`."""
    lane_id, place, due_at = (turn.lane_id, turn.place, turn.due_at) if turn else (None, None, now)
    begun = (event.environment_id, release_id, event.flow_key, event.pk, event.title)
    return (
        *begun,
        "queued",
        "",
        "",
        due_at,
        "",
        0,
        "",
        0,
        False,
        lane_id,
        place,
        0,
        "",
        now,
    )
