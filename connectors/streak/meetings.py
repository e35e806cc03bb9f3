"""A meeting or a call as flows see it, and what of it can be written: Streak keeps both as one kind of record."""

from connectors.sdk.schema import choice, integer, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.activities import MEETINGS
from connectors.streak.moments import iso, millis_of

__all__ = ["KINDS", "MEETING", "MEETING_INPUT", "MEETING_SAMPLE", "meeting_body", "meeting_output"]

KINDS = {"call": "CALL_LOG", "meeting": "MEETING_NOTES"}
_MINUTE = 60_000
MEETING_INPUT: dict[str, Schema] = {
    "kind": choice("Kind", list(KINDS)),
    "started_at": timestamp("Started"),
    "minutes": integer("Minutes", minimum=0),
}
MEETING: Schema = obj(
    {
        "meeting_key": text("Meeting key"),
        "box_key": text("Box key"),
        "kind": choice("Kind", list(KINDS)),
        "notes": text("Notes"),
        "started_at": timestamp("Started", type=["string", "null"]),
        "minutes": integer("Minutes"),
        "created_at": timestamp("Created", type=["string", "null"]),
        "updated_at": timestamp("Saved", type=["string", "null"]),
    },
    required=("meeting_key", "box_key", "kind", "notes", "started_at", "minutes"),
)
MEETING_SAMPLE: Json = {
    "meeting_key": "agxMEET1",
    "box_key": "agxBOX1",
    "kind": "call",
    "notes": "agreed price",
    "started_at": "2026-11-21T09:00:00Z",
    "minutes": 10,
    "created_at": "2026-11-21T09:30:00Z",
    "updated_at": "2026-11-21T09:30:00Z",
}


def meeting_body(data: Json) -> dict[str, Json]:
    """What of `MEETING_INPUT` is given, as Streak takes it: milliseconds throughout."""
    body: dict[str, Json] = {}
    if "kind" in data:
        body["meetingType"] = KINDS[data["kind"]]
    if "started_at" in data:
        body["startTimestamp"] = millis_of(data["started_at"], "/started_at")
    if "minutes" in data:
        body["duration"] = data["minutes"] * _MINUTE
    return body


def meeting_output(meeting: Json) -> dict[str, Json]:
    """Streak's meeting → what `MEETING` describes."""
    return {
        "meeting_key": str(meeting["key"]),
        "box_key": str(meeting.get("boxKey") or ""),
        "kind": "call" if meeting.get("meetingType") == "CALL_LOG" else "meeting",
        "notes": MEETINGS.text_of(meeting),
        "started_at": iso(meeting.get("startTimestamp")),
        "minutes": int(meeting.get("duration") or 0) // _MINUTE,
        "created_at": iso(meeting.get("creationDate")),
        "updated_at": iso(meeting.get("lastSavedTimestamp")),
    }
