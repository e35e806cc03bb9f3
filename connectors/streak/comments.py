"""A comment as flows see it."""

from connectors.sdk.schema import obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.activities import COMMENTS
from connectors.streak.moments import iso

__all__ = ["COMMENT", "COMMENT_SAMPLE", "comment_output"]

COMMENT: Schema = obj(
    {
        "comment_key": text("Comment key"),
        "box_key": text("Box key"),
        "message": text("Message"),
        "author_key": text("Author's user key"),
        "made_at": timestamp("Made", type=["string", "null"]),
    },
    required=("comment_key", "box_key", "message"),
)
COMMENT_SAMPLE: Json = {
    "comment_key": "agxCOMM1",
    "box_key": "agxBOX1",
    "message": "Invoice SI-57 made",
    "author_key": "agxUSER1",
    "made_at": "2026-11-21T09:30:05Z",
}


def comment_output(comment: Json) -> dict[str, Json]:
    """Streak's comment → what `COMMENT` describes."""
    return {
        "comment_key": str(comment["key"]),
        "box_key": str(comment.get("boxKey") or ""),
        "message": COMMENTS.text_of(comment),
        "author_key": str(comment.get("creatorKey") or ""),
        "made_at": iso(comment.get("timestamp")),
    }
