"""The custom field values of one box, each at its own path."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import read_post
from connectors.streak.sandbox.boxes import box_in_path, edit_box
from connectors.streak.sandbox.fields import field_of
from connectors.streak.sandbox.refusals import missing

__all__ = ["ROUTES"]


def _entry(box: Record, key: str) -> Json:
    values = box["fields"]
    return {"key": key, "value": values[key]} if key in values else {"key": key}


def _field_key(world: World, box: Record, request: Request) -> str:
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or missing("Pipeline")
    field = field_of(pipeline, request.params["field"]) or missing("Field")
    return str(field["key"])


def list_values(world: World, request: Request) -> Reply:
    box = box_in_path(world, request)
    pipeline = world.records.get("pipeline", box["pipelineKey"]) or missing("Pipeline")
    return Reply([_entry(box, field["key"]) for field in pipeline["fields"]])


def get_value(world: World, request: Request) -> Reply:
    box = box_in_path(world, request)
    return Reply(_entry(box, _field_key(world, box, request)))


def set_value(world: World, request: Request) -> Reply:
    box = box_in_path(world, request)
    key = _field_key(world, box, request)
    body = read_post(request)
    if body is None or "value" not in body:
        return Reply({"key": None, "value": None})
    saved = edit_box(world, box, {"fields": {key: body["value"]}})
    return Reply(_entry(saved or box, key))


ROUTES = (
    Route("GET", "/api/v1/boxes/<box>/fields", list_values),
    Route("GET", "/api/v1/boxes/<box>/fields/<field>", get_value),
    Route("POST", "/api/v1/boxes/<box>/fields/<field>", set_value),
)
