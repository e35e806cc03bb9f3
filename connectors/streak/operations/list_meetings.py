"""List the meetings and calls of a box, the oldest first."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import MEETINGS
from connectors.streak.meetings import MEETING, MEETING_SAMPLE, meeting_output


def run(call: Call, data: Json) -> Json:
    return {"meetings": [meeting_output(one) for one in MEETINGS.of_box(call, data["box_key"])]}


OPERATION = Read(
    title="List meetings and calls",
    input=obj({"box_key": text("Box key", shortest=1)}, required=("box_key",)),
    output=obj({"meetings": items("Meetings", MEETING)}, required=("meetings",)),
    sample={"meetings": [MEETING_SAMPLE]},
    run=run,
)
