"""Read one meeting or call."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.activities import MEETINGS
from connectors.streak.meetings import MEETING, MEETING_SAMPLE, meeting_output


def run(call: Call, data: Json) -> Json:
    return meeting_output(MEETINGS.read(call, data["meeting_key"]))


OPERATION = Read(
    title="Get a meeting or call",
    input=obj({"meeting_key": text("Meeting key", shortest=1)}, required=("meeting_key",)),
    output=MEETING,
    sample=MEETING_SAMPLE,
    run=run,
)
