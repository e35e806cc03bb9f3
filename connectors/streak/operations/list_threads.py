"""List the e-mail threads of a box."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.mail import THREAD, THREAD_SAMPLE, thread_output


def run(call: Call, data: Json) -> Json:
    answer = call.get(path_of("v1", "boxes", data["box_key"], "threads"))
    found = answer if isinstance(answer, list) else answer.get("results") or []
    return {"threads": [thread_output(one) for one in found]}


OPERATION = Read(
    title="List e-mail threads",
    help="What they are called and whose they are, not what is in them.",
    input=obj({"box_key": text("Box key", shortest=1)}, required=("box_key",)),
    output=obj({"threads": items("E-mail threads", THREAD)}, required=("threads",)),
    sample={"threads": [THREAD_SAMPLE]},
    run=run,
)
