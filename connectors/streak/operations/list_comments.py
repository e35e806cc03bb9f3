"""List the comments of a box, the oldest first."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import COMMENTS
from connectors.streak.comments import COMMENT, COMMENT_SAMPLE, comment_output


def run(call: Call, data: Json) -> Json:
    return {"comments": [comment_output(one) for one in COMMENTS.of_box(call, data["box_key"])]}


OPERATION = Read(
    title="List comments",
    input=obj({"box_key": text("Box key", shortest=1)}, required=("box_key",)),
    output=obj({"comments": items("Comments", COMMENT)}, required=("comments",)),
    sample={"comments": [COMMENT_SAMPLE]},
    run=run,
)
