"""Looking for contacts and organizations that were saved: works where Streak can't call, and finds what a webhook missed.

Streak lists contacts saved since a second; of organizations it gives all, so each sweep reads all and keeps the recent ones.
What was deleted is in no list.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.sdk.errors import Data
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj
from connectors.sdk.trigger import Arrival, CursorLost, Page, PollTrigger, server_clock
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.records import Told
from connectors.streak.teams import team_key

__all__ = ["directory_poll"]

_SIZE = 1000
_MILLISECONDS = 1000


def directory_poll(
    title: str, plural: str, told: Told, *, by_time: bool, every: timedelta, help: str
) -> PollTrigger:
    """The poll trigger of the team's `plural` ("contacts"). `by_time`: Streak can leave out what was saved before."""

    def poll(call: Call, _config: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
        query: dict[str, Json] = {"limit": _SIZE}
        if since and by_time:
            query["after"] = int(since.timestamp())
        answer = _listed(call, path_of("v2", "teams", team_key(call), plural), query, cursor)
        floor = int(since.timestamp() * _MILLISECONDS) if since else 0
        found = [_arrival(one, told) for one in answer.json.get("results") or [] if _saved(one) >= floor]
        return Page(found, answer.json.get("cursor") or None, server_clock(answer))

    return PollTrigger(
        record=told.record,
        title=title,
        help=help,
        config=obj({}),
        output=told.schema,
        sample=told.sample,
        poll=poll,
        every=every,
    )


def _listed(call: Call, path: str, query: Mapping[str, Json], cursor: str | None) -> Response:
    """One page. A cursor that Streak doesn't know any more begins the sweep anew."""
    if not cursor:
        return call.send(Request("GET", path, query))
    try:
        return call.send(Request("GET", path, {**query, "cursor": cursor}))
    except Data as refused:
        raise CursorLost(
            "Streak doesn't know the place in its list any more.", code="cursor_lost", detail=refused.detail
        ) from refused


def _saved(record: Json) -> int:
    return int(record.get("lastSavedTimestamp") or 0)


def _arrival(record: Json, told: Told) -> Arrival:
    key, stamp = str(record["key"]), _saved(record)
    return Arrival(
        key=f"{key}:{stamp}:CHANGED",
        title=told.title_of(record) or key,
        data=record,
        record=key,
        version=str(stamp),
        at=datetime.fromtimestamp(stamp / _MILLISECONDS, UTC),
    )
