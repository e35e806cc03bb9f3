"""Read one e-mail thread: what it is called and whose it is, not what is in it."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.mail import THREAD, THREAD_SAMPLE, thread_output


def run(call: Call, data: Json) -> Json:
    return thread_output(call.get(path_of("v1", "threads", data["thread_key"])))


OPERATION = Read(
    title="Get an e-mail thread",
    input=obj({"thread_key": text("Thread key", shortest=1)}, required=("thread_key",)),
    output=THREAD,
    sample=THREAD_SAMPLE,
    run=run,
)
