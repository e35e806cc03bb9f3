"""Read from any REST API."""

from connectors.http.requests import ANSWER, ANSWER_SAMPLE, COMMON_FIELDS, answer_of, request_of
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    return answer_of(call.send(request_of("GET", data)))


OPERATION = Read(
    title="Read",
    help="Sends a GET request.",
    input=obj(COMMON_FIELDS, required=("path",)),
    output=ANSWER,
    sample=ANSWER_SAMPLE,
    run=run,
)
