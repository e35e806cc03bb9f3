"""Add a comment to a box, such as “Invoice SI-57 made”."""

from collections.abc import Sequence

from connectors.sdk.errors import NotFound
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text, timestamp
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.client import write_request
from connectors.streak.moments import iso


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    body = {"message": stamp(data["message"], mark)}
    return write_request("POST", path_of("v2", "boxes", data["box_key"], "comments"), body)


def result(_data: Json, response: Response) -> Json:
    return _output(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """The box's comments that carry our mark; Streak gives them all at once."""
    answer = call.get(request.path)
    comments = answer if isinstance(answer, list) else answer.get("results") or []
    return [
        Match(
            str(comment["key"]), _output(comment), iso(comment.get("timestamp")) or "", "mark in the comment"
        )
        for comment in comments
        if has_mark(comment.get("message"), mark)
    ]


def standing(call: Call, far_id: str) -> Standing:
    try:
        call.get(path_of("v2", "comments", far_id))
    except NotFound:
        return "gone"
    return "stands"


def _output(comment: Json) -> Json:
    return {
        "comment_key": str(comment["key"]),
        "box_key": str(comment.get("boxKey") or ""),
        "made_at": iso(comment.get("timestamp")),
    }


OPERATION = Write(
    title="Add a comment",
    effect="append",
    record="comment",
    input=obj(
        {"box_key": text("Box key", shortest=1), "message": text("Message", shortest=1, longest=10_000)},
        required=("box_key", "message"),
    ),
    output=obj(
        {
            "comment_key": text("Comment key"),
            "box_key": text("Box key"),
            "made_at": timestamp("Made", type=["string", "null"]),
        },
        required=("comment_key",),
    ),
    sample={"comment_key": "agxCOMM1", "box_key": "agxBOX1", "made_at": "2026-11-21T09:30:05Z"},
    idempotency=Idempotency("marker", scope="the comments of the box"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["comment_key"]),
    unmarked=lambda request: {"message": unstamp(request.json["message"])},
    find=find,
    standing=standing,
)
