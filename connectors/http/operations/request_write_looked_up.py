"""Write to a REST API that can be asked for the record afterwards by what it is about."""

from dataclasses import replace

from connectors.http.lookups import LOOKUP, find, lookup_of
from connectors.http.requests import (
    WRITE_FIELDS,
    WRITTEN,
    WRITTEN_SAMPLE,
    content_of,
    request_of,
    written_of,
)
from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import obj
from connectors.sdk.wire import Json, Request


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return replace(request_of(data.get("method", "POST"), data), lookup=lookup_of(data, mark))


OPERATION = Write(
    title="Write, and look it up",
    help=(
        "After a lost answer the look-up decides. One record that was made since is taken for it; if the API doesn't say "
        "when, a person is asked. The look-up must see every record at once, such as a filter by number."
    ),
    effect="create",
    record="request",
    input=obj({**WRITE_FIELDS, "lookup": LOOKUP}, required=("path", "lookup")),
    output=WRITTEN,
    sample=WRITTEN_SAMPLE,
    idempotency=Idempotency("lookup", scope="the API, by the look-up that the node describes"),
    prepare=prepare,
    result=written_of,
    far_id=lambda output: str(output["id"]),
    unmarked=content_of,
    find=find,
)
