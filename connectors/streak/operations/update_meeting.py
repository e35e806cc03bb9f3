"""Change a meeting or call: what is not given stays."""

from collections.abc import Sequence

from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.activities import MEETINGS
from connectors.streak.meetings import MEETING, MEETING_INPUT, MEETING_SAMPLE, meeting_body, meeting_output
from connectors.streak.removal import standing_at


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    return MEETINGS.to_change(call, data["meeting_key"], data.get("notes"), meeting_body(data))


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    """Read back: the update happened when the meeting holds what was sent."""
    record = MEETINGS.changed(call, request)
    return [Match(request.far_id, meeting_output(record), matched_by="read back")] if record else []


OPERATION = Write(
    title="Update a meeting or call",
    effect="update",
    record="meeting",
    input=obj(
        {
            "meeting_key": text("Meeting key", shortest=1),
            "notes": text("Notes", longest=10_000),
            **MEETING_INPUT,
        },
        required=("meeting_key",),
    ),
    output=MEETING,
    sample=MEETING_SAMPLE,
    idempotency=Idempotency("lookup", scope="the meeting: it is read back and compared"),
    prepare=prepare,
    result=lambda _data, response: meeting_output(response.json),
    far_id=lambda output: str(output["meeting_key"]),
    unmarked=MEETINGS.unmarked,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "meetings", far_id)),
)
