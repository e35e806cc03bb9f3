"""List the stages of a pipeline."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.pipelines import pipeline_key, stages_of


def run(call: Call, data: Json) -> Json:
    stages = stages_of(call, pipeline_key(call, data["pipeline"]), fresh=True)
    return {"stages": [{"key": key, "name": name} for key, name in stages.items()]}


OPERATION = Read(
    title="List stages",
    input=obj(
        {"pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines")},
        required=("pipeline",),
    ),
    output=obj(
        {
            "stages": items(
                "Stages", obj({"key": text("Key"), "name": text("Name")}, required=("key", "name"))
            )
        },
        required=("stages",),
    ),
    sample={"stages": [{"key": "5001", "name": "Lead"}, {"key": "5003", "name": "Closed-Won"}]},
    run=run,
)
