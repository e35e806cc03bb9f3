"""What has happened: the newsfeed (the newest fifty stories) and the timeline of a box (everything, page by page)."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number
from connectors.streak.sandbox.boxes import box_in_path
from connectors.streak.sandbox.pipelines import pipeline_in_path
from connectors.streak.sandbox.refusals import refuse

__all__ = ["ROUTES"]

NEWEST = 50
_FILTERS: Mapping[str, tuple[str, str]] = {
    "CALL_LOGS": ("meeting", "creationDate"),
    "MEETING_NOTES": ("meeting", "creationDate"),
    "COMMENTS": ("comment", "timestamp"),
    "EMAILS": ("thread", "creationTimestamp"),
    "FILES": ("file", "creationTimestamp"),
    "NEWSFEED_BOX_CREATION_MOVE": ("story", "timestamp"),
    "NEWSFEED_BOX_EDIT": ("story", "timestamp"),
    "HANGOUTS_CHAT": ("", ""),
}
_MOVES = ("NEW_BOX", "EDIT_STAGE", "EDIT_PIPELINE")


def _newest(request: Request, stories: Sequence[Record]) -> Reply:
    if request.query("detailLevel") not in ("", "ALL", "CONDENSED"):
        refuse("Invalid detailLevel")
    newest = list(reversed(stories))  # of one millisecond, the one told last
    newest.sort(key=lambda one: -int(one["timestamp"]))
    return Reply(newest[:NEWEST])


def of_box(world: World, request: Request) -> Reply:
    return _newest(request, world.records.find("story", "box", box_in_path(world, request)["key"]))


def of_pipeline(world: World, request: Request) -> Reply:
    return _newest(request, world.records.find("story", "pipeline", pipeline_in_path(world, request)["key"]))


def of_all(world: World, request: Request) -> Reply:
    return _newest(request, world.records.all("story"))


def _belongs(wanted: str, record: Record) -> bool:
    if wanted in ("CALL_LOGS", "MEETING_NOTES"):
        return bool((record["meetingType"] == "CALL_LOG") == (wanted == "CALL_LOGS"))
    if wanted == "NEWSFEED_BOX_CREATION_MOVE":
        return record["newsfeedEntrySpecific"] in _MOVES
    return wanted != "NEWSFEED_BOX_EDIT" or record["newsfeedEntrySpecific"] not in _MOVES


def _entries(world: World, box: Record, filters: Sequence[str], since: int) -> list[Json]:
    found: list[Json] = []
    for wanted in filters:
        if wanted not in _FILTERS:
            refuse("Invalid filters")
        kind, stamp = _FILTERS[wanted]
        for record in world.records.find(kind, "box", box["key"]) if kind else []:
            if _belongs(wanted, record) and record[stamp] >= since:
                found.append({"type": wanted, "timestamp": record[stamp], kind: record})
    return sorted(found, key=lambda entry: int(entry["timestamp"]))


def timeline(world: World, request: Request) -> Reply:
    """A page; the token holds what the first call asked for, so the next one sends nothing else."""
    box = box_in_path(world, request)
    asked = _unpacked(request.query("nextPageToken")) if request.query("nextPageToken") else _asked(request)
    entries = _entries(world, box, asked["filters"], asked["since"])
    if asked["direction"] == "Descending":
        entries.reverse()
    start, limit = asked["start"], asked["limit"]
    answer: dict[str, Json] = {"entries": entries[start : start + limit]}
    if len(entries) > start + limit:
        answer["nextPage"] = _packed(asked | {"start": start + limit})
    return Reply(answer)


def _asked(request: Request) -> dict[str, Json]:
    direction = request.query("direction") or "Descending"
    if direction not in ("Ascending", "Descending"):
        refuse("Invalid direction")
    filters = request.query("filters")
    if filters and not (filters.startswith("[") and filters.endswith("]")):
        refuse("Invalid filters")
    return {
        "direction": direction,
        "filters": [one for one in filters.strip("[]").split(",") if one] or list(_FILTERS),
        "since": number(request.query("startTimestamp"), 0, 10**15),
        "limit": number(request.query("limit"), 50) or 50,
        "start": 0,
    }


def _packed(asked: dict[str, Json]) -> str:
    return base64.urlsafe_b64encode(json.dumps(asked).encode()).rstrip(b"=").decode()


def _unpacked(token: str) -> dict[str, Json]:
    try:
        asked = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError):
        refuse("Invalid nextPageToken")
    if not isinstance(asked, dict) or not {"direction", "filters", "since", "limit", "start"} <= set(asked):
        refuse("Invalid nextPageToken")
    return asked


ROUTES = (
    Route("GET", "/api/v1/boxes/<box>/newsfeed", of_box),
    Route("GET", "/api/v1/pipelines/<pipeline>/newsfeed", of_pipeline),
    Route("GET", "/api/v1/newsfeed", of_all),
    Route("GET", "/api/v2/boxes/<box>/timeline", timeline),
)
