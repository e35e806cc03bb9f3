"""Meetings and call logs of a box: one kind of record, JSON or a form."""

import json

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, read_v2, text
from connectors.streak.sandbox.boxes import box_in_path
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.refusals import caller, missing, refuse
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES"]

TYPES = ("CALL_LOG", "MEETING_NOTES")
_WRITABLE = ("meetingType", "startTimestamp", "duration", "notes", "taskKeys")


def _body(request: Request) -> dict[str, Json]:
    """JSON, or a form whose numbers are texts."""
    if request.content_type == "application/json":
        return read_v2(request)
    form: dict[str, Json] = dict(request.form())
    for name in ("startTimestamp", "duration"):
        given = str(form.get(name, ""))
        if given:
            form[name] = int(given) if given.isdigit() else given
    if "taskKeys" in form:
        form["taskKeys"] = _listed(str(form["taskKeys"]))
    return form


def _listed(packed: str) -> Json:
    try:
        return json.loads(packed)
    except ValueError:
        refuse("Missing parameters")


def _checked(meeting: Record) -> Record:
    if meeting["meetingType"] not in TYPES:
        refuse("Invalid meetingType")
    for name in ("startTimestamp", "duration"):
        if not isinstance(meeting[name], int) or isinstance(meeting[name], bool):
            refuse(f"Invalid {name}")
    return meeting


def list_meetings(world: World, request: Request) -> Reply:
    found = world.records.find("meeting", "box", box_in_path(world, request)["key"])
    limit, page = number(request.query("limit"), 1000), number(request.query("page"), 0, 10**6)
    return Reply(
        {"results": found[page * limit : (page + 1) * limit], "hasNextPage": len(found) > (page + 1) * limit}
    )


def create(world: World, request: Request) -> Reply:
    box, body, now = box_in_path(world, request), _body(request), world.clock.millis()
    if body.get("meetingType") in (None, "") or body.get("startTimestamp") in (None, ""):
        refuse("Missing parameters")
    meeting = _checked(
        {
            "key": new_key("Meeting"),
            "boxKey": box["key"],
            "pipelineKey": box["pipelineKey"],
            "creatorKey": caller(world, request),
            "taskKeys": body.get("taskKeys") or [],
            "creationDate": now,
            "meetingType": body["meetingType"],
            "startTimestamp": body["startTimestamp"],
            "duration": body.get("duration") or 0,
            "notes": text(body.get("notes")),
            "lastSavedTimestamp": now,
        }
    )
    world.records.put("meeting", meeting["key"], meeting)
    if not body.get("isDraft"):
        announce(world, "MEETING_CREATE", box["pipelineKey"], meeting, about=box["key"])
    return Reply(meeting)


def _in_path(world: World, request: Request) -> Record:
    return world.records.get("meeting", request.params["key"]) or missing("Meeting")


def get(world: World, request: Request) -> Reply:
    return Reply(_in_path(world, request))


def edit(world: World, request: Request) -> Reply:
    meeting, body = _in_path(world, request), _body(request)
    given = {name: body[name] for name in _WRITABLE if body.get(name) is not None}
    stamp = {"lastSavedTimestamp": max(world.clock.millis(), meeting["lastSavedTimestamp"] + 1)}
    saved = world.records.put("meeting", meeting["key"], _checked(meeting | given | stamp))
    announce(world, "MEETING_UPDATE", meeting["pipelineKey"], saved, about=meeting["boxKey"])
    return Reply(saved)


def delete(world: World, request: Request) -> Reply:
    world.records.delete("meeting", _in_path(world, request)["key"])
    return Reply({"success": True})


ROUTES = (
    Route("GET", "/api/v2/boxes/<box>/meetings", list_meetings),
    Route("POST", "/api/v2/boxes/<box>/meetings", create),
    Route("GET", "/api/v2/meetings/<key>", get),
    Route("POST", "/api/v2/meetings/<key>", edit),
    Route("DELETE", "/api/v2/meetings/<key>", delete),
)
