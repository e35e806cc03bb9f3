"""Create a box in a pipeline. Custom fields follow with “Update a box”: Streak takes them reliably only there."""

from collections.abc import Sequence
from itertools import islice

from connectors.sdk.errors import NotFound
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.pagination import by_page
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.boxes import read_box
from connectors.streak.client import write_request
from connectors.streak.moments import iso
from connectors.streak.pipelines import pipeline_key, stage_key

_LATEST = 200
"""How many of the newest boxes are looked through for ours."""


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    pipeline = pipeline_key(call, data["pipeline"])
    body: dict[str, Json] = {"name": data["name"], "notes": stamp(data.get("notes", ""), mark)}
    if data.get("stage"):
        body["stageKey"] = stage_key(call, pipeline, data["stage"])
    if data.get("assigned_to"):
        body["assignedToSharingEntries"] = [{"email": email} for email in data["assigned_to"]]
    return write_request("POST", path_of("v2", "pipelines", pipeline, "boxes"), body)


def result(_data: Json, response: Response) -> Json:
    return _output(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """Among the pipeline's newest boxes (a list, not the search index), the ones whose notes carry our mark."""
    path = request.path.replace("/v2/", "/v1/", 1)
    newest = islice(by_page(call, path, {"sortBy": "creationTimestamp"}, size=50), _LATEST)
    return [
        Match(
            _output(box)["box_key"],
            _output(box),
            iso(box.get("creationTimestamp")) or "",
            "mark in the notes",
        )
        for box in newest
        if has_mark(box.get("notes"), mark)
    ]


def standing(call: Call, far_id: str) -> Standing:
    try:
        read_box(call, far_id)
    except NotFound:
        return "gone"
    return "stands"


def unmarked(request: Request) -> Json:
    return {**request.json, "notes": unstamp(request.json.get("notes", ""))}


def _output(box: Json) -> Json:
    return {
        "box_key": str(box.get("boxKey") or box["key"]),
        "name": str(box.get("name") or ""),
        "stage_key": str(box.get("stageKey") or ""),
    }


OPERATION = Write(
    title="Create a box",
    help="Its notes carry a short mark, by which a box whose confirmation was lost is recognised.",
    effect="create",
    record="box",
    input=obj(
        {
            "pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines"),
            "name": text("Name", shortest=1),
            "stage": text("Stage", help="Name or key; empty for the first one.", x_options="stages"),
            "notes": text("Notes"),
            "assigned_to": items("Assigned to", text("E-mail")),
        },
        required=("pipeline", "name"),
    ),
    output=obj(
        {"box_key": text("Box key"), "name": text("Name"), "stage_key": text("Stage key")},
        required=("box_key", "name", "stage_key"),
    ),
    sample={"box_key": "agxBOX1", "name": "Acme - 40 chairs", "stage_key": "5001"},
    idempotency=Idempotency("marker", scope="the pipeline's newest boxes"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["box_key"]),
    unmarked=unmarked,
    find=find,
    standing=standing,
)
