"""Write a box: custom fields, stage, name, notes, people and links."""

from collections.abc import Sequence

from connectors.sdk.errors import NotFound
from connectors.sdk.marks import restamp, unstamp
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.boxes import read_box
from connectors.streak.client import write_request
from connectors.streak.fields import writable
from connectors.streak.moments import iso
from connectors.streak.pipelines import stage_key

_PLAIN = ("name", "notes", "stageKey")
_LINKS = {"contact_keys": "contacts", "organization_keys": "organizations"}


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    """Names become keys by the box's own pipeline: a box may have moved to another one meanwhile."""
    box = read_box(call, data["box_key"])
    pipeline = str(box["pipelineKey"])
    body: dict[str, Json] = {}
    if data.get("fields"):
        body["fields"] = writable(call, pipeline, data["fields"])
    if data.get("stage"):
        body["stageKey"] = stage_key(call, pipeline, data["stage"])
    if data.get("name"):
        body["name"] = data["name"]
    if "notes" in data:
        body["notes"] = restamp(unstamp(data["notes"]), str(box.get("notes") or ""))
    if "assigned_to" in data:
        body["assignedToSharingEntries"] = [{"email": one.strip().lower()} for one in data["assigned_to"]]
    for ours, theirs in _LINKS.items():
        if ours in data:
            body[theirs] = _links(box.get(theirs), data[ours])
    return write_request("POST", path_of("v1", "boxes", data["box_key"]), body, far_id=data["box_key"])


def result(data: Json, response: Response) -> Json:
    return _output(data["box_key"], response.json)


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: the update happened when the box holds what was sent."""
    try:
        box = read_box(call, request.far_id)
    except NotFound:
        return []
    held = _matches(box, request.json or {})
    return [Match(request.far_id, _output(request.far_id, box), matched_by="read back")] if held else []


def standing(call: Call, far_id: str) -> Standing:
    try:
        read_box(call, far_id)
    except NotFound:
        return "gone"
    return "stands"


def _output(key: str, box: Json) -> Json:
    return {"box_key": key, "updated_at": iso(box.get("lastUpdatedTimestamp"))}


def _links(held: Json, keys: Json) -> list[Json]:
    """The full new list, as Streak wants it; what is linked already keeps its star."""
    known = {one["key"]: one for one in held or [] if isinstance(one, dict) and one.get("key")}
    return [known.get(key, {"key": key}) for key in keys]


def _matches(box: Json, sent: Json) -> bool:
    """Whether the box holds everything that was sent."""
    plain = all((box.get(name) or "") == sent[name] for name in _PLAIN if name in sent)
    linked = all(_keys(box.get(name)) == _keys(sent[name]) for name in _LINKS.values() if name in sent)
    people = {str(one.get("email")) for one in box.get("assignedToSharingEntries") or []}
    asked = sent.get("assignedToSharingEntries")
    assigned = asked is None or people == {one["email"] for one in asked}
    return plain and linked and assigned and _holds(box.get("fields") or {}, sent.get("fields") or {})


def _keys(links: Json) -> set[str]:
    return {str(one["key"]) for one in links or []}


def _holds(has: Json, sent: Json) -> bool:
    """Streak may give a number text back as a number, and leaves an emptied field out."""
    return all(
        str("" if has.get(key) is None else has[key]) == str("" if value is None else value)
        for key, value in sent.items()
    )


OPERATION = Write(
    title="Update a box",
    help="Writes custom fields by name; dropdowns and tags take their labels, dates YYYY-MM-DD. What is not given stays; a list"
    " replaces the whole list.",
    effect="update",
    record="box",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "fields": {**obj({}, title="Custom fields", more=True), "x-schema": "box.fields"},
            "stage": text("Stage", help="Name or key; empty leaves the stage.", x_options="stages"),
            "name": text("Name"),
            "notes": text("Notes"),
            "contact_keys": items("Contact keys", text("", shortest=1)),
            "organization_keys": items("Organization keys", text("", shortest=1)),
            "assigned_to": items("Assigned to", text("E-mail", shortest=3)),
        },
        required=("box_key",),
    ),
    output=obj(
        {"box_key": text("Box key"), "updated_at": timestamp("Updated", type=["string", "null"])},
        required=("box_key",),
    ),
    sample={"box_key": "agxBOX1", "updated_at": "2026-11-21T09:30:05Z"},
    idempotency=Idempotency("lookup", scope="the box: it is read back and compared"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["box_key"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=standing,
)
