"""Add a meeting or call to a box."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.activities import MEETINGS
from connectors.streak.meetings import MEETING, MEETING_INPUT, MEETING_SAMPLE, meeting_body, meeting_output
from connectors.streak.removal import standing_at


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return MEETINGS.to_add(data["box_key"], data.get("notes", ""), mark, meeting_body(data))


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    return [replace(one, output=meeting_output(one.output)) for one in MEETINGS.added(call, request, mark)]


OPERATION = Write(
    title="Add a meeting or call",
    help="The notes carry a short mark, by which one whose confirmation was lost is recognised.",
    effect="append",
    record="meeting",
    input=obj(
        {
            "box_key": text("Box key", shortest=1),
            "notes": text("Notes", longest=10_000),
            **MEETING_INPUT,
        },
        required=("box_key", "kind", "started_at"),
    ),
    output=MEETING,
    sample=MEETING_SAMPLE,
    idempotency=Idempotency("marker", scope="the meetings of the box"),
    prepare=prepare,
    result=lambda _data, response: meeting_output(response.json),
    far_id=lambda output: str(output["meeting_key"]),
    unmarked=MEETINGS.unmarked,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "meetings", far_id)),
)
