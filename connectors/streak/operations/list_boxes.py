"""List the boxes of a pipeline, newest change first."""

from datetime import datetime
from itertools import islice

from connectors.sdk.operation import Call, Read
from connectors.sdk.pagination import by_page
from connectors.sdk.paths import path_of
from connectors.sdk.schema import integer, items, obj, text, timestamp
from connectors.sdk.wire import Json
from connectors.streak.boxes import BOX, BOX_SAMPLE, LINES_FIELD, box_output
from connectors.streak.pipelines import pipeline_key, stage_key

_MOST = 1000


def run(call: Call, data: Json) -> Json:
    pipeline = pipeline_key(call, data["pipeline"])
    query = {"sortBy": "lastUpdatedTimestamp"}
    if data.get("stage"):
        query["stageKey"] = stage_key(call, pipeline, data["stage"])
    since = _milliseconds(data.get("updated_since"))
    found = []
    for box in islice(
        by_page(call, path_of("v1", "pipelines", pipeline, "boxes"), query), data.get("limit", 100)
    ):
        if (box.get("lastUpdatedTimestamp") or 0) < since:
            break
        found.append(box_output(call, box, data.get("lines_field")))
    return {"boxes": found}


def _milliseconds(moment: str | None) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000) if moment else 0


OPERATION = Read(
    title="List boxes",
    input=obj(
        {
            "pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines"),
            "stage": text("Stage", help="Name or key; empty for all.", x_options="stages"),
            "updated_since": timestamp("Updated since"),
            "limit": integer("At most", minimum=1, maximum=_MOST, default=100),
            "lines_field": text(
                "Line items field", help=f"Such as {LINES_FIELD}; empty leaves the line items out."
            ),
        },
        required=("pipeline",),
    ),
    output=obj({"boxes": items("Boxes", BOX)}, required=("boxes",)),
    sample={"boxes": [BOX_SAMPLE]},
    run=run,
)
