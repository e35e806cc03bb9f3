"""List the pipelines this connection sees."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.pipelines import pipelines_of


def run(call: Call, _data: Json) -> Json:
    return {"pipelines": pipelines_of(call, fresh=True)}


OPERATION = Read(
    title="List pipelines",
    input=obj({}),
    output=obj(
        {
            "pipelines": items(
                "Pipelines", obj({"key": text("Key"), "name": text("Name")}, required=("key", "name"))
            )
        },
        required=("pipelines",),
    ),
    sample={"pipelines": [{"key": "agxPIPE1", "name": "Deals"}]},
    run=run,
)
