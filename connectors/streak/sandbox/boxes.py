"""Boxes (deals): list, get, create, edit, move to another pipeline, delete, and how a box looks from outside."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, read_post, read_put, read_v2, read_v2_list, text
from connectors.streak.sandbox.box_edit import Edit, apply_edit, assignees
from connectors.streak.sandbox.keys import is_key, new_key
from connectors.streak.sandbox.members import sharing
from connectors.streak.sandbox.pipelines import pipeline_in_path
from connectors.streak.sandbox.refusals import caller, missing, refuse
from connectors.streak.sandbox.telling import tell
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES", "box_in_path", "box_view", "edit_box", "new_box", "remove_box"]

_ZEROES = (
    "totalNumberOfEmails",
    "totalNumberOfSentEmails",
    "totalNumberOfReceivedEmails",
    "taskOverdueCount",
)
_STORIES = {"BOX_CHANGE_STAGE": "EDIT_STAGE", "BOX_EDIT": "EDIT_BOX"}
_OWN = ("assigned", "contacts", "organizations")


def box_in_path(world: World, request: Request) -> Record:
    """The box a path names."""
    key = request.params["box"]
    if not is_key(key):
        refuse("Invalid box key")
    return world.records.get("box", key) or missing("Box")


def box_view(world: World, box: Record) -> dict[str, Json]:
    """A box as the API and the webhooks show it. `contacts` and `organizations` are absent when empty."""
    shown = {name: value for name, value in box.items() if name not in _OWN}
    shown |= {name: box[name] for name in ("contacts", "organizations") if box[name]}
    mails = [
        mail
        for link in box["contacts"]
        for mail in (world.records.get("contact", link["key"]) or {}).get("emailAddresses", ())
    ]
    tasks = world.records.find("task", "box", box["key"])
    done = sum(1 for task in tasks if task["status"] == "DONE")
    creator = sharing(world, [box["creatorKey"]])
    return shown | {
        "boxKey": box["key"],
        "assignedToSharingEntries": sharing(world, box["assigned"]),
        "creatorSharingEntry": creator[0] if creator else None,
        "followerSharingEntries": sharing(world, box["followerKeys"]),
        "followerCount": len(box["followerKeys"]),
        "emailAddresses": mails,
        "emailAddressesAutoExtracted": mails,
        "emailAddressesBlacklist": [],
        "taskTotal": len(tasks),
        "taskCompleteCount": done,
        "taskIncompleteCount": len(tasks) - done,
        "taskAssigneeKeySet": [],
        "overdueTaskAssigneeKeySet": [],
        "incompleteTaskAssigneeKeySet": [],
        "commentCount": len(world.records.find("comment", "box", box["key"])),
        "gmailThreadCount": len(world.records.find("thread", "box", box["key"])),
        "fileCount": len(world.records.find("file", "box", box["key"])),
        **_held(world, box["key"]),
        "freshness": 1,
        **dict.fromkeys(_ZEROES, 0),
    }


def _held(world: World, box_key: str) -> dict[str, Json]:
    """How many calls and meetings a box has, and how long they took."""
    meetings = world.records.find("meeting", "box", box_key)
    calls = [one["duration"] for one in meetings if one["meetingType"] == "CALL_LOG"]
    notes = [one["duration"] for one in meetings if one["meetingType"] != "CALL_LOG"]
    return {
        "callLogCount": len(calls),
        "totalCallLogDuration": sum(calls),
        "meetingNotesCount": len(notes),
        "totalMeetingNotesDuration": sum(notes),
    }


def new_box(world: World, pipeline: Record, name: str, creator: str, **given: Json) -> Record:
    """Save a new box and announce it. `given` may hold stageKey, notes, fields, contacts, organizations, assigned."""
    now = world.clock.millis()
    stage = given.get("stageKey") or pipeline["stageOrder"][0]
    if stage not in pipeline["stages"]:
        refuse("Invalid stageKey")
    key = new_key("Case")
    box: Record = {
        "key": key,
        "pipelineKey": pipeline["key"],
        "creatorKey": creator,
        "name": name,
        "notes": text(given.get("notes")),
        "stageKey": stage,
        "creationTimestamp": now,
        "lastUpdatedTimestamp": now,
        "lastSavedTimestamp": now,
        "lastStageChangeTimestamp": now,
        "fields": given.get("fields") or {},
        "assigned": given.get("assigned") or [],
        "followerKeys": [creator],
        "linkedBoxKeys": [],
        "contacts": given.get("contacts") or [],
        "organizations": given.get("organizations") or [],
    }
    world.records.put("box", key, box)
    tell(world, box, "NEW_BOX")
    announce(world, "BOX_CREATE", pipeline["key"], box_view(world, box), about=key)
    return box


def edit_box(world: World, box: Record, body: dict[str, Json]) -> Record | None:
    """Apply an update and announce what it changed; None when Streak would silently store nothing."""
    edit: Edit | None = apply_edit(world, box, body)
    if edit is None:
        return None
    world.records.put("box", box["key"], edit.box)
    for event in edit.events:
        if event in _STORIES:
            tell(world, edit.box, _STORIES[event])
        announce(world, event, box["pipelineKey"], box_view(world, edit.box), about=box["key"])
    return edit.box


def remove_box(world: World, box: Record) -> None:
    """Delete a box with all that hangs on it."""
    for kind in ("task", "comment", "meeting", "thread", "file", "story"):
        for record in world.records.find(kind, "box", box["key"]):
            world.records.delete(kind, record["key"])
    world.records.delete("box", box["key"])
    announce(world, "BOX_DELETE", box["pipelineKey"], box_view(world, box), about=box["key"])


def _listed(world: World, request: Request, pipeline_key: str) -> list[Record]:
    by = request.query("sortBy") or "creationTimestamp"
    if by not in ("creationTimestamp", "lastUpdatedTimestamp"):
        refuse("Invalid sortBy")
    stage = request.query("stageKey")
    boxes = world.records.find("box", "pipeline", pipeline_key) if pipeline_key else world.records.all("box")
    newest = [box for box in reversed(boxes) if not stage or box["stageKey"] == stage]
    return sorted(newest, key=lambda box: -int(box[by]))


def list_v1(world: World, request: Request) -> Reply:
    boxes = _listed(world, request, pipeline_in_path(world, request)["key"])
    limit = number(request.query("limit"), len(boxes) or 1)
    paged = "page" in request.queries or "limit" in request.queries
    start = number(request.query("page"), 0, 10**6) * limit if paged else 0
    found = [box_view(world, box) for box in (boxes[start : start + limit] if paged else boxes)]
    if "page" in request.queries and world.faults.on("page_objects"):
        return Reply({"results": found, "hasNextPage": len(boxes) > start + limit})
    return Reply(found)


def list_v2(world: World, request: Request) -> Reply:
    boxes = _listed(world, Request("GET", "", ""), pipeline_in_path(world, request)["key"])
    stage = request.query("stageKey")
    chosen = [box for box in boxes if not stage or box["stageKey"] == stage]
    limit, offset = number(request.query("limit"), 100), number(request.query("offset"), 0, 10**9)
    found = [box_view(world, box) for box in chosen[offset : offset + limit]]
    return Reply({"results": found, "hasNextPage": len(chosen) > offset + limit})


def list_all(world: World, request: Request) -> Reply:
    return Reply([box_view(world, box) for box in _listed(world, request, "")])


def get_box(world: World, request: Request) -> Reply:
    return Reply(box_view(world, box_in_path(world, request)))


def get_many(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    boxes = [world.records.get("box", str(key)) for key in read_v2_list(request)]
    return Reply([box_view(world, box) for box in boxes if box and box["pipelineKey"] == pipeline["key"]])


def create_v2(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    body = read_v2(request, "name")
    given = {name: body.get(name) for name in ("stageKey", "notes")}
    given["assigned"] = assignees(world, body.get("assignedToSharingEntries") or [])
    box = new_box(world, pipeline, str(body["name"]), caller(world, request), **given)
    return Reply(box_view(world, box))


def create_v1(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    form = read_put(request, "Box", "name")
    box = new_box(world, pipeline, form["name"], caller(world, request), stageKey=form.get("stageKey"))
    return Reply(box_view(world, box))


def update(world: World, request: Request) -> Reply:
    box = box_in_path(world, request)
    body = read_post(request)
    saved = edit_box(world, box, body) if body is not None else None
    return Reply(box_view(world, saved) if saved else None)


def delete(world: World, request: Request) -> Reply:
    remove_box(world, box_in_path(world, request))
    return Reply({"success": True})


def move_pipeline(world: World, request: Request) -> Reply:
    pipeline_in_path(world, request)
    moved = []
    for item in read_v2_list(request):
        if not isinstance(item, dict):
            refuse("Missing parameters")
        box = world.records.get("box", str(item.get("key") or item.get("boxKey"))) or missing("Box")
        target = world.records.get("pipeline", str(item.get("pipelineKey"))) or missing("Pipeline")
        now = world.clock.millis()
        stamps = {"lastUpdatedTimestamp": now, "lastSavedTimestamp": now, "lastStageChangeTimestamp": now}
        place = {"pipelineKey": target["key"], "stageKey": target["stageOrder"][0], "fields": {}}
        saved = world.records.put("box", box["key"], box | place | stamps)
        tell(world, saved, "EDIT_PIPELINE")
        announce(world, "BOX_CHANGE_PIPELINE", target["key"], box_view(world, saved), about=box["key"])
        moved.append(box_view(world, saved))
    return Reply(moved)


_IN = "/api/{}/pipelines/<pipeline>/boxes"
ROUTES = (
    Route("GET", _IN.format("v1"), list_v1),
    Route("PUT", _IN.format("v1"), create_v1),
    Route("GET", _IN.format("v2"), list_v2),
    Route("POST", _IN.format("v2"), create_v2),
    Route("POST", _IN.format("v1") + "/batch", get_many),
    Route("POST", _IN.format("v2") + "/batch", move_pipeline),
    Route("GET", "/api/v1/boxes", list_all),
    Route("GET", "/api/v1/boxes/<box>", get_box),
    Route("POST", "/api/v1/boxes/<box>", update),
    Route("DELETE", "/api/v1/boxes/<box>", delete),
)
