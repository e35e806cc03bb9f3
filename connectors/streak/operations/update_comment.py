"""Change a comment: what is not given stays."""

from collections.abc import Sequence

from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.activities import COMMENTS
from connectors.streak.comments import COMMENT, COMMENT_SAMPLE, comment_output
from connectors.streak.removal import standing_at


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    return COMMENTS.to_change(call, data["comment_key"], data["message"], {})


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: the update happened when the comment holds what was sent."""
    record = COMMENTS.changed(call, request)
    return [Match(request.far_id, comment_output(record), matched_by="read back")] if record else []


OPERATION = Write(
    title="Update a comment",
    effect="update",
    record="comment",
    input=obj(
        {
            "comment_key": text("Comment key", shortest=1),
            "message": text("Message", shortest=1, longest=10_000),
        },
        required=("comment_key", "message"),
    ),
    output=COMMENT,
    sample=COMMENT_SAMPLE,
    idempotency=Idempotency("lookup", scope="the comment: it is read back and compared"),
    prepare=prepare,
    result=lambda _data, response: comment_output(response.json),
    far_id=lambda output: str(output["comment_key"]),
    unmarked=COMMENTS.unmarked,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "comments", far_id)),
)
