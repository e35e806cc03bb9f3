"""Custom fields of a pipeline: their definitions, and which values they take."""

from collections.abc import Callable, Mapping

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import read_post, read_put, read_v2
from connectors.streak.sandbox.pipelines import next_key, pipeline_in_path, save_pipeline
from connectors.streak.sandbox.refusals import missing, refuse

__all__ = ["ROUTES", "accepted", "add_field", "field_of", "option_key"]

TYPES = (
    "TEXT_INPUT",
    "DROPDOWN",
    "CHECKBOX",
    "DATE",
    "PERSON",
    "FORMULA",
    "TAG",
    "TEAM_CONTACT",
    "TEAM_ORGANIZATION",
)
_SETTINGS = {"DROPDOWN": ("dropdownSettings", "items", "name"), "TAG": ("tagSettings", "tags", "tag")}


def field_of(pipeline: Record, key: str) -> Record | None:
    """A field definition by its key."""
    return next((field for field in pipeline["fields"] if field["key"] == key), None)


def option_key(field: Record, label: str) -> str:
    """The key of a dropdown option or tag by its label, "" when there is none."""
    settings, items, name = _SETTINGS[field["type"]]
    return next((str(option["key"]) for option in field[settings][items] if option[name] == label), "")


def add_field(
    world: World, pipeline: Record, name: str, kind: str, options: list[str] | None = None
) -> Record:
    """Append a field (with options) to `pipeline`, which must be a copy; returns the definition."""
    if kind not in TYPES:
        refuse("Invalid field type")
    field: Record = {
        "key": next_key(pipeline, "field"),
        "name": name,
        "type": kind,
        "aiSettings": {"prompt": "", "source": "BOX_TIMELINE"},
        "lastUpdatedTimestamp": world.clock.millis(),
    }
    if kind in _SETTINGS:
        settings, items, label = _SETTINGS[kind]
        field[settings] = {
            items: [{"key": next_key(pipeline, "option"), label: text} for text in options or []]
        }
    pipeline["fields"] = [*pipeline["fields"], field]
    return field


def accepted(pipeline: Record, key: str, value: Json) -> bool:
    """Whether a field of the pipeline takes `value`; null and "" clear and are always taken."""
    field = field_of(pipeline, key)
    if field is None or field["type"] == "FORMULA":
        return False
    check = _CHECKS.get(str(field["type"]))
    return value in (None, "") or check is None or check(field, value)


def _is_option(field: Record, value: Json) -> bool:
    settings, items, _label = _SETTINGS[field["type"]]
    return any(option["key"] == value for option in field[settings][items])


_CHECKS: Mapping[str, Callable[[Record, Json], bool]] = {
    "TEXT_INPUT": lambda _field, value: isinstance(value, (str, int, float)) and not isinstance(value, bool),
    "DATE": lambda _field, value: isinstance(value, int) and not isinstance(value, bool),
    "CHECKBOX": lambda _field, value: isinstance(value, bool),
    "DROPDOWN": _is_option,
    "TAG": lambda field, value: isinstance(value, list) and all(_is_option(field, item) for item in value),
}


def list_fields(world: World, request: Request) -> Reply:
    return Reply(pipeline_in_path(world, request)["fields"])


def get_field(world: World, request: Request) -> Reply:
    return Reply(field_of(pipeline_in_path(world, request), request.params["field"]) or missing("Field"))


def create_field(world: World, request: Request) -> Reply:
    pipeline = dict(pipeline_in_path(world, request))
    put = request.method == "PUT"
    body = read_put(request, "Field", "name", "type") if put else read_v2(request, "name", "type")
    field = add_field(world, pipeline, str(body["name"]), str(body["type"]))
    save_pipeline(world, pipeline)
    return Reply(field)


def edit_field(world: World, request: Request) -> Reply:
    pipeline = dict(pipeline_in_path(world, request))
    field = field_of(pipeline, request.params["field"]) or missing("Field")
    body = read_post(request)
    if body is None:
        return Reply({"key": None, "name": None, "type": None})
    if body.get("type") not in (None, field["type"]):
        refuse("Can't change the type of a field")
    changed = field | {n: body[n] for n in ("name", "defaultValue", "aiSettings") if body.get(n) is not None}
    changed["lastUpdatedTimestamp"] = world.clock.millis()
    if field["type"] in _SETTINGS:
        changed |= _options(pipeline, field, body, add_only=request.query("addOnly") == "true")
    pipeline["fields"] = [changed if one["key"] == field["key"] else one for one in pipeline["fields"]]
    save_pipeline(world, pipeline)
    return Reply(changed)


def _options(pipeline: Record, field: Record, body: Record, *, add_only: bool) -> Record:
    settings, items, label = _SETTINGS[field["type"]]
    if not isinstance(body.get(settings), dict):
        return {}
    given = body[settings].get(items) or []
    fresh = [
        {"key": one.get("key") or next_key(pipeline, "option"), label: str(one.get(label, ""))}
        for one in given
    ]
    kept = field[settings][items] if add_only else []
    known = {one["key"] for one in kept}
    return {settings: {items: [*kept, *(one for one in fresh if one["key"] not in known)]}}


def delete_field(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    key = request.params["field"]
    if field_of(pipeline, key) is None:
        missing("Field")
    save_pipeline(
        world, pipeline | {"fields": [field for field in pipeline["fields"] if field["key"] != key]}
    )
    for box in world.records.find("box", "pipeline", pipeline["key"]):
        if key in box["fields"]:
            values = {name: value for name, value in box["fields"].items() if name != key}
            world.records.put("box", box["key"], box | {"fields": values})
    return Reply({"success": True})


_ALL = "/api/v1/pipelines/<pipeline>/fields"
ROUTES = (
    Route("GET", _ALL, list_fields),
    Route("PUT", _ALL, create_field),
    Route("POST", "/api/v2/pipelines/<pipeline>/fields", create_field),
    Route("GET", f"{_ALL}/<field>", get_field),
    Route("POST", f"{_ALL}/<field>", edit_field),
    Route("DELETE", f"{_ALL}/<field>", delete_field),
)
