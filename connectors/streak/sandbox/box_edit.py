"""What an update does to a box: replaced lists, ignored properties, silent nulls, time stamps and events."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import text
from connectors.streak.sandbox.fields import accepted, field_of
from connectors.streak.sandbox.members import user_by
from connectors.streak.sandbox.refusals import missing, refuse

__all__ = ["Edit", "apply_edit", "assignees", "set_values"]

_EDITED = (
    "name",
    "notes",
    "fields",
    "assigned",
    "contacts",
    "organizations",
    "linkedBoxKeys",
    "followerKeys",
)
_ANNOUNCED = ("name", "notes", "fields", "assigned")


@dataclass(frozen=True)
class Edit:
    """A changed box and the webhook events the change fires."""

    box: Record
    events: list[str]


def apply_edit(world: World, box: Record, body: dict[str, Json]) -> Edit | None:
    """The box after a v1 update; None when a list of contacts or organizations has a shape Streak drops silently."""
    changed = dict(box)
    changed |= {name: text(body[name]) for name in ("name", "notes") if name in body}
    for name in ("contacts", "organizations"):
        if name in body:
            links = _links(world, name[:-1], body[name])
            if links is None:
                return None
            changed[name] = links
    for sent, (name, read) in _REPLACED.items():
        if body.get(sent) is not None:
            changed[name] = read(world, box, body[sent])
    return _stamped(world, box, changed)


def set_values(world: World, box: Record, values: Json) -> dict[str, Json]:
    """The box's custom field values with `values` merged in; null and "" clear, unknown fields are ignored."""
    if not isinstance(values, dict):
        refuse("fields must be an object")
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or missing("Pipeline")
    kept = dict(box["fields"])
    for key, value in values.items():
        if field_of(pipeline, key) is None:
            continue
        if not accepted(pipeline, key, value):
            refuse(f"Invalid value for field {key}")
        if value in (None, ""):
            kept.pop(key, None)
        else:
            kept[key] = value
    return kept


def assignees(world: World, entries: Json) -> list[str]:
    """User keys from what clients send: [{email}], user keys, or either as a JSON string."""
    found = []
    for entry in _unpacked(entries):
        reference = entry.get("email") or entry.get("userKey") if isinstance(entry, dict) else entry
        user = user_by(world, reference)
        if user is None:
            refuse("Assignees must have access to the pipeline")
        found.append(str(user["key"]))
    return found


def _links(world: World, kind: str, items: Json) -> list[Json] | None:
    items = _unpacked(items)
    if not isinstance(items, list):
        return None
    links = []
    for item in items:
        key = item.get("key") if isinstance(item, dict) else None
        if not isinstance(key, str) or world.records.get(kind, key) is None:
            return None
        flags = {name: bool(item.get(name)) for name in ("isStarred", "isAutoboxed")}
        links.append({"key": key} | flags)
    return links


def _linked(_world: World, box: Record, keys: Json) -> list[str]:
    linked = _keys(keys)
    if box["key"] in linked:
        refuse("A box can't be linked to itself")
    return linked


def _keys(value: Json) -> list[str]:
    keys = _unpacked(value)
    if not isinstance(keys, list):
        refuse("Missing parameters")
    return [str(key) for key in keys]


def _stage(world: World, box: Record, key: str) -> str:
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or missing("Pipeline")
    if key not in pipeline["stages"]:
        refuse("Invalid stageKey")
    return key


_REPLACED: Mapping[str, tuple[str, Callable[[World, Record, Json], Json]]] = {
    "linkedBoxKeys": ("linkedBoxKeys", _linked),
    "followerKeys": ("followerKeys", lambda _world, _box, value: _keys(value)),
    "assignedToSharingEntries": ("assigned", lambda world, _box, value: assignees(world, value)),
    "fields": ("fields", lambda world, box, value: set_values(world, box, _unpacked(value))),
    "stageKey": ("stageKey", lambda world, box, value: _stage(world, box, str(value))),
}


def _unpacked(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        refuse("Missing parameters")


def _stamped(world: World, box: Record, changed: Record) -> Edit:
    now = max(world.clock.millis(), box["lastSavedTimestamp"] + 1)
    changed["lastSavedTimestamp"] = now
    moved = changed["stageKey"] != box["stageKey"]
    if moved or any(changed[name] != box[name] for name in _EDITED):
        changed["lastUpdatedTimestamp"] = now
    if moved:
        changed["lastStageChangeTimestamp"] = now
    events = ["BOX_CHANGE_STAGE"] if moved else []
    if any(changed[name] != box[name] for name in _ANNOUNCED):
        events.append("BOX_EDIT")
    if _mails(world, changed) - _mails(world, box):
        events.append("BOX_NEW_EMAIL_ADDRESS")
    return Edit(changed, events)


def _mails(world: World, box: Record) -> set[str]:
    """The addresses a box knows: those of its contacts."""
    people = (world.records.get("contact", link["key"]) or {} for link in box["contacts"])
    return {mail for one in people for mail in one.get("emailAddresses", ())}
