"""Read a pipeline with its stages in their order."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.pipelines import pipeline_key

_STAGE = obj({"key": text("Key"), "name": text("Name")}, required=("key", "name"))


def run(call: Call, data: Json) -> Json:
    pipeline = call.get(path_of("v1", "pipelines", pipeline_key(call, data["pipeline"])))
    stages = pipeline.get("stages") or {}
    order = [key for key in pipeline.get("stageOrder") or stages if key in stages]
    return {
        "key": str(pipeline["key"]),
        "name": str(pipeline.get("name") or ""),
        "description": str(pipeline.get("description") or ""),
        "team_key": str(pipeline.get("teamKey") or ""),
        "stages": [{"key": str(key), "name": str(stages[key].get("name") or "")} for key in order],
    }


OPERATION = Read(
    title="Get a pipeline",
    input=obj(
        {"pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines")},
        required=("pipeline",),
    ),
    output=obj(
        {
            "key": text("Key"),
            "name": text("Name"),
            "description": text("Description"),
            "team_key": text("Team key"),
            "stages": items("Stages", _STAGE),
        },
        required=("key", "name", "stages"),
    ),
    sample={
        "key": "agxPIPE1",
        "name": "Deals",
        "description": "",
        "team_key": "agxTEAM1",
        "stages": [{"key": "5001", "name": "Lead"}, {"key": "5003", "name": "Closed-Won"}],
    },
    run=run,
)
