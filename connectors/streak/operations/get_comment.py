"""Read one comment."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import COMMENTS
from connectors.streak.comments import COMMENT, COMMENT_SAMPLE, comment_output


def run(call: Call, data: Json) -> Json:
    return comment_output(COMMENTS.read(call, data["comment_key"]))


OPERATION = Read(
    title="Get a comment",
    input=obj({"comment_key": text("Comment key", shortest=1)}, required=("comment_key",)),
    output=COMMENT,
    sample=COMMENT_SAMPLE,
    run=run,
)
