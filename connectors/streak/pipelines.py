"""Pipelines and their stages, by name or key."""

from connectors.sdk.errors import Config
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json

__all__ = ["pipeline_key", "pipelines_of", "stage_key", "stage_name", "stages_of"]

_FRESH = 300.0


def pipelines_of(call: Call, *, fresh: bool = False) -> list[dict[str, str]]:
    """[{"key", "name"}] of all pipelines this key sees."""
    raw: Json = call.cached("pipelines", 0.0 if fresh else _FRESH, lambda: call.get("/v1/pipelines"))
    found = raw.get("results", []) if isinstance(raw, dict) else raw
    return [{"key": str(one["key"]), "name": str(one.get("name", ""))} for one in found]


def pipeline_key(call: Call, name_or_key: str) -> str:
    """The key of a pipeline given by key or by its exact name. Raises `Config` when it isn't there or not the only one."""
    for fresh in (False, True):
        pipelines = pipelines_of(call, fresh=fresh)
        if any(one["key"] == name_or_key for one in pipelines):
            return name_or_key
        named = [one["key"] for one in pipelines if one["name"] == name_or_key]
        if len(named) > 1:
            raise Config(
                f"Several pipelines are called “{name_or_key}”; use the key.",
                code="pipeline_ambiguous",
                pointer="/pipeline",
            )
        if named:
            return named[0]
    raise Config(f"There is no pipeline “{name_or_key}”.", code="pipeline_missing", pointer="/pipeline")


def stages_of(call: Call, pipeline: str, *, fresh: bool = False) -> dict[str, str]:
    """{stage key: name}. Streak answers an object keyed by stage key."""
    path = path_of("v1", "pipelines", pipeline, "stages")
    raw: Json = call.cached(f"stages:{pipeline}", 0.0 if fresh else _FRESH, lambda: call.get(path))
    stages = raw.values() if isinstance(raw, dict) else raw
    return {str(one["key"]): str(one.get("name", "")) for one in stages}


def stage_name(call: Call, pipeline: str, key: str) -> str:
    """The stage's name; "" when even a fresh list doesn't know it."""
    name = stages_of(call, pipeline).get(key)
    return name if name is not None else stages_of(call, pipeline, fresh=True).get(key, "")


def stage_key(call: Call, pipeline: str, name_or_key: str) -> str:
    """The key of a stage given by key or exact name. Raises `Config`."""
    for fresh in (False, True):
        stages = stages_of(call, pipeline, fresh=fresh)
        if name_or_key in stages:
            return name_or_key
        for key, name in stages.items():
            if name == name_or_key:
                return key
    raise Config(f"The pipeline has no stage “{name_or_key}”.", code="stage_missing", pointer="/stage")
