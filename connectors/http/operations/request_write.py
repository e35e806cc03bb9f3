"""Write to any REST API that has no way of recognising a repeated request."""

from connectors.http.requests import WRITE_FIELDS, WRITTEN, WRITTEN_SAMPLE, content_of, request_of, written_of
from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import obj
from connectors.sdk.wire import Json, Request


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    return request_of(data.get("method", "POST"), data)


OPERATION = Write(
    title="Write",
    help="Sent once. If the answer is lost, a person decides: the API can't tell a repeated request.",
    effect="create",
    record="request",
    input=obj(WRITE_FIELDS, required=("path",)),
    output=WRITTEN,
    sample=WRITTEN_SAMPLE,
    idempotency=Idempotency("none", scope="none: the API does not recognise a repeated request"),
    prepare=prepare,
    result=written_of,
    far_id=lambda output: str(output["id"]),
    unmarked=content_of,
)
