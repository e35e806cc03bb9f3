"""Pipelines and their stages."""

from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json
from connectors.streak.sandbox.bodies import number, read_post, read_put, read_v2
from connectors.streak.sandbox.keys import new_key
from connectors.streak.sandbox.members import the_team
from connectors.streak.sandbox.refusals import caller, missing, refuse
from connectors.streak.sandbox.webhooks import announce

__all__ = ["ROUTES", "new_pipeline", "next_key", "pipeline_in_path", "save_pipeline"]

_FIRST_KEYS = {"field": 1001, "stage": 5001, "option": 9001}
_COLOR = {"foregroundColor": "#000000", "backgroundColor": "#eeeeee"}


def pipeline_in_path(world: World, request: Request) -> Record:
    """The pipeline a path names."""
    return world.records.get("pipeline", request.params["pipeline"]) or missing("Pipeline")


def next_key(pipeline: Record, kind: str) -> str:
    """Allocate a field, stage or option key, unique within the pipeline. Changes `pipeline`, which must be a copy."""
    number_ = pipeline["nextKeys"][kind]
    pipeline["nextKeys"] = pipeline["nextKeys"] | {kind: number_ + 1}
    return str(number_)


def save_pipeline(world: World, pipeline: Record) -> Record:
    """Put a changed pipeline with fresh time stamps."""
    now = world.clock.millis()
    stamped = pipeline | {"lastUpdatedTimestamp": now, "lastSavedTimestamp": now}
    return world.records.put("pipeline", pipeline["key"], stamped)


def new_pipeline(world: World, name: str, creator: str, stages: list[str]) -> Record:
    """A pipeline with stages and no fields, not yet saved."""
    now = world.clock.millis()
    pipeline: Record = {
        "key": new_key("Workflow"),
        "teamKey": the_team(world)["key"],
        "creatorKey": creator,
        "name": name,
        "icon": "sales",
        "description": "",
        "sharingRestrictedToTeam": False,
        "fields": [],
        "stages": {},
        "stageOrder": [],
        "stageColorTheme": "DEFAULT",
        "creationTimestamp": now,
        "lastUpdatedTimestamp": now,
        "lastSavedTimestamp": now,
        "customPermissionSets": {},
        "defaultPermissionSetName": "__editAllPermissionSet__",
        "aclEntries": [{"userKey": creator, "permissionSetName": "__adminPermissionSet__"}],
        "creationSourceType": "HUMAN",
        "nextKeys": dict(_FIRST_KEYS),
    }
    for stage in stages:
        _append_stage(pipeline, stage)
    return pipeline


def _append_stage(pipeline: Record, name: str, color: Json = None) -> Record:
    key = next_key(pipeline, "stage")
    stage = {"key": key, "name": name, "color": color or dict(_COLOR), "isColorFromTheme": not color}
    pipeline["stages"] = pipeline["stages"] | {key: stage}
    pipeline["stageOrder"] = [*pipeline["stageOrder"], key]
    return stage


def _count(world: World, pipeline_key: str, stage_key: str = "") -> int:
    boxes = world.records.find("box", "pipeline", pipeline_key)
    return sum(1 for box in boxes if not stage_key or box["stageKey"] == stage_key)


def _stage_view(world: World, pipeline: Record, key: str, version: str) -> Json:
    stage = pipeline["stages"].get(key) or missing("Stage")
    if version == "v1":
        return {"key": stage["key"], "name": stage["name"]}
    return stage | {"boxCount": _count(world, pipeline["key"], key)}


def _view(world: World, pipeline: Record) -> Json:
    shown = {name: value for name, value in pipeline.items() if name != "nextKeys"}
    stages = {key: _stage_view(world, pipeline, key, "v2") for key in pipeline["stageOrder"]}
    return shown | {
        "pipelineKey": pipeline["key"],
        "orgWide": not pipeline["sharingRestrictedToTeam"],
        "owner": {
            "email": (world.records.get("user", pipeline["creatorKey"]) or {}).get("email"),
            "isOwner": True,
        },
        "stages": stages,
        "boxCount": _count(world, pipeline["key"]),
    }


def _sorted(world: World, request: Request) -> list[Json]:
    by = request.query("sortBy") or "creationTimestamp"
    if by not in ("creationTimestamp", "lastUpdatedTimestamp"):
        refuse("Invalid sortBy")
    newest = sorted(
        enumerate(world.records.all("pipeline")), key=lambda one: (one[1][by], one[0]), reverse=True
    )
    records = [pipeline for _, pipeline in newest]
    return [_view(world, pipeline) for pipeline in records]


def list_v1(world: World, request: Request) -> Reply:
    return Reply(_sorted(world, request))


def list_v2(world: World, request: Request) -> Reply:
    limit, page = number(request.query("limit"), 100), number(request.query("page"), 0, 10**6)
    found = _sorted(world, request)
    return Reply(
        {"results": found[page * limit : (page + 1) * limit], "hasNextPage": len(found) > (page + 1) * limit}
    )


def get_pipeline(world: World, request: Request) -> Reply:
    return Reply(_view(world, pipeline_in_path(world, request)))


def create_v2(world: World, request: Request) -> Reply:
    body = read_v2(request, "name", "teamKey", "stages")
    if body["teamKey"] != the_team(world)["key"]:
        missing("Team")
    pipeline = new_pipeline(
        world, str(body["name"]), caller(world, request), [str(s) for s in body["stages"]]
    )
    return Reply(_view(world, save_pipeline(world, pipeline)))


def create_v1(world: World, request: Request) -> Reply:
    form = read_put(request, "Pipeline", "name", "teamKey")
    stages = [stage for stage in form.get("stageNames", "").split(",") if stage]
    return Reply(
        _view(world, save_pipeline(world, new_pipeline(world, form["name"], caller(world, request), stages)))
    )


def _names_all(order: Json, pipeline: Record) -> bool:
    return isinstance(order, list) and sorted(map(str, order)) == sorted(pipeline["stages"])


def edit(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    body = read_post(request) if "/v1/" in request.path else read_v2(request)
    if body is None:
        return Reply(None)
    order = body.get("stageOrder")
    if order is not None and not _names_all(order, pipeline):
        refuse("stageOrder must name every stage once")
    names = ("name", "description", "icon", "stageOrder", "stageColorTheme", "sharingRestrictedToTeam")
    changed = {name: body[name] for name in names if body.get(name) is not None}
    return Reply(_view(world, save_pipeline(world, pipeline | changed)))


def delete(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    if _count(world, pipeline["key"]):
        refuse("Can't delete a pipeline that has boxes")
    world.records.delete("pipeline", pipeline["key"])
    return Reply({"success": True})


def list_stages(world: World, request: Request) -> Reply:
    pipeline, version = pipeline_in_path(world, request), request.params["version"]
    return Reply({key: _stage_view(world, pipeline, key, version) for key in pipeline["stageOrder"]})


def get_stage(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    return Reply(_stage_view(world, pipeline, request.params["stage"], request.params["version"]))


def create_stage(world: World, request: Request) -> Reply:
    pipeline = dict(pipeline_in_path(world, request))
    version = "v1" if request.method == "PUT" else "v2"
    body = read_put(request, "Stage", "name") if version == "v1" else read_v2(request, "name")
    stage = _append_stage(pipeline, str(body["name"]), body.get("color") if version == "v2" else None)
    save_pipeline(world, pipeline)
    announce(world, "STAGE_CREATE", pipeline["key"], stage)
    return Reply(_stage_view(world, pipeline, stage["key"], version))


def edit_stage(world: World, request: Request) -> Reply:
    pipeline, version = pipeline_in_path(world, request), request.params["version"]
    stage = pipeline["stages"].get(request.params["stage"]) or missing("Stage")
    body = read_post(request) if version == "v1" else read_v2(request)
    if body is None:
        return Reply(None)
    changed = stage | {name: body[name] for name in ("name", "color") if body.get(name) is not None}
    saved = save_pipeline(world, pipeline | {"stages": pipeline["stages"] | {stage["key"]: changed}})
    return Reply(_stage_view(world, saved, stage["key"], version))


def delete_stage(world: World, request: Request) -> Reply:
    pipeline = pipeline_in_path(world, request)
    key = request.params["stage"]
    if key not in pipeline["stages"]:
        missing("Stage")
    if _count(world, pipeline["key"], key):
        refuse("Can't delete a stage that has boxes")
    if len(pipeline["stages"]) == 1:
        refuse("Can't delete the last stage")
    stages = {name: stage for name, stage in pipeline["stages"].items() if name != key}
    order = [name for name in pipeline["stageOrder"] if name != key]
    save_pipeline(world, pipeline | {"stages": stages, "stageOrder": order})
    return Reply({"success": True})


_ONE = "/api/<version:v1|v2>/pipelines/<pipeline>"
ROUTES = (
    Route("GET", "/api/v1/pipelines", list_v1),
    Route("GET", "/api/v2/pipelines", list_v2),
    Route("PUT", "/api/v1/pipelines", create_v1),
    Route("POST", "/api/v2/pipelines", create_v2),
    Route("GET", _ONE, get_pipeline),
    Route("POST", _ONE, edit),
    Route("DELETE", _ONE, delete),
    Route("GET", f"{_ONE}/stages", list_stages),
    Route("PUT", "/api/v1/pipelines/<pipeline>/stages", create_stage),
    Route("POST", "/api/v2/pipelines/<pipeline>/stages", create_stage),
    Route("GET", f"{_ONE}/stages/<stage>", get_stage),
    Route("POST", f"{_ONE}/stages/<stage>", edit_stage),
    Route("DELETE", f"{_ONE}/stages/<stage>", delete_stage),
)
