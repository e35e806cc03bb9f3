"""Write rows to a new file."""

from collections.abc import Sequence

from connectors.files.layout import LAYOUT, PATH
from connectors.files.writing import content_of, digest_of
from connectors.sdk.errors import NotFound
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.schema import choice, integer, items, obj, text
from connectors.sdk.wire import Json, Request, Response

_MOST_ROWS = 50_000


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    return Request("PUT", "/file", json={**data, "sha256": digest_of(content_of(data))})


def result(data: Json, response: Response) -> Json:
    del data
    written: Json = response.json
    return written


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """The file with exactly the content that was to be written."""
    asked = request.json
    try:
        there = call.get("/file", {"path": asked["path"]})
    except NotFound:
        return []
    if there["sha256"] != asked["sha256"]:
        return []
    output = {
        "path": asked["path"],
        "rows": len(asked["rows"]),
        "bytes": there["size"],
        "sha256": asked["sha256"],
    }
    return [Match(asked["path"], output, there["modified_at"], matched_by="content")]


def standing(call: Call, far_id: str) -> Standing:
    try:
        call.get("/file", {"path": far_id})
    except NotFound:
        return "gone"
    return "stands"


OPERATION = Write(
    title="Write rows",
    help="The file appears whole, under its own name, or not at all.",
    effect="create",
    record="file",
    input=obj(
        {
            "path": PATH,
            "rows": items("Rows", obj({}, more=True), maxItems=_MOST_ROWS),
            **LAYOUT,
            "if_exists": choice("If it exists", ["refuse", "replace"], default="refuse"),
        },
        required=("path", "rows"),
    ),
    output=obj(
        {
            "path": text("File"),
            "rows": integer("Rows"),
            "bytes": integer("Bytes"),
            "sha256": text("Digest of its content"),
        },
        required=("path", "rows", "bytes", "sha256"),
    ),
    sample={"path": "out/invoices.csv", "rows": 12, "bytes": 2048, "sha256": "9f2c" + "0" * 60},
    idempotency=Idempotency(
        "lookup",
        scope="the file: it is read back; one that somebody has taken away meanwhile is for a person",
        authoritative=False,
    ),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["path"]),
    unmarked=lambda request: dict(request.json),
    find=find,
    standing=standing,
)
