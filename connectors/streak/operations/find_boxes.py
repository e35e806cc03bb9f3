"""Find boxes by their exact name."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json
from connectors.streak.moments import iso
from connectors.streak.pipelines import pipeline_key


def run(call: Call, data: Json) -> Json:
    query = {"name": data["name"]}
    if data.get("pipeline"):
        query["pipelineKey"] = pipeline_key(call, data["pipeline"])
    answer = call.get("/v1/search", query)
    found = (answer.get("results") or {}).get("boxes") or []
    return {"boxes": [_hit(box) for box in found if box.get("name") == data["name"]]}


def _hit(box: Json) -> Json:
    return {
        "key": str(box.get("boxKey") or box.get("key")),
        "name": str(box.get("name") or ""),
        "pipeline_key": str(box.get("pipelineKey") or ""),
        "stage_key": str(box.get("stageKey") or ""),
        "updated_at": iso(box.get("lastUpdatedTimestamp")),
    }


OPERATION = Read(
    title="Find boxes by name",
    help="Searches Streak's index, so a box made a moment ago may be missing. Names are not unique.",
    input=obj(
        {"name": text("Name", shortest=1), "pipeline": text("Pipeline", x_options="pipelines")},
        required=("name",),
    ),
    output=obj(
        {
            "boxes": items(
                "Boxes",
                obj(
                    {
                        "key": text("Box key"),
                        "name": text("Name"),
                        "pipeline_key": text("Pipeline key"),
                        "stage_key": text("Stage key"),
                        "updated_at": timestamp("Updated", type=["string", "null"]),
                    },
                    required=("key", "name"),
                ),
            )
        },
        required=("boxes",),
    ),
    sample={
        "boxes": [
            {
                "key": "agxBOX1",
                "name": "Acme - 40 chairs",
                "pipeline_key": "agxPIPE1",
                "stage_key": "5002",
                "updated_at": "2026-11-21T09:30:00Z",
            }
        ]
    },
    run=run,
)
