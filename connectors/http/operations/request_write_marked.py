"""Write to a REST API with our own mark in one of the record's fields, by which it can be looked up."""

from dataclasses import replace

from connectors.http.lookups import LOOKUP, find, lookup_of, values_of
from connectors.http.requests import (
    WRITE_FIELDS,
    WRITTEN,
    WRITTEN_SAMPLE,
    content_of,
    request_of,
    written_of,
)
from connectors.http.templates import filled
from connectors.sdk.errors import Config
from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import obj
from connectors.sdk.wire import Json, Request

_NO_MARK = Mark(token="", guid="")


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    """Raises `Config` when the mark is in no field, or the look-up doesn't ask for it."""
    lookup = lookup_of(data, mark)
    request = request_of(data.get("method", "POST"), {**data, "values": values_of(data, mark)})
    if not _holds(request.json, mark):
        raise Config("Put {{mark}} into a field of the body.", code="no_mark", pointer="/body")
    if not _holds(lookup["equals"], mark):
        raise Config("The look-up must ask for {{mark}}.", code="no_mark", pointer="/lookup/equals")
    plain = filled(data.get("body"), values_of(data, _NO_MARK), "/body")
    return replace(request, lookup={**lookup, "plain": plain})


def _holds(value: Json, mark: Mark) -> bool:
    if isinstance(value, dict):
        return any(_holds(one, mark) for one in value.values())
    if isinstance(value, list):
        return any(_holds(one, mark) for one in value)
    return isinstance(value, str) and (mark.token in value or mark.guid in value)


def unmarked(request: Request) -> Json:
    """The content with an empty mark."""
    return {**content_of(request), "body": (request.lookup or {}).get("plain")}


OPERATION = Write(
    title="Write with a mark",
    help=(
        "Put {{mark}} (16 characters) or {{guid}} into a field of the body that can be looked up, such as a reference; after "
        "a lost answer the record is found by it. The look-up must see every record at once."
    ),
    effect="create",
    record="request",
    input=obj({**WRITE_FIELDS, "lookup": LOOKUP}, required=("path", "body", "lookup")),
    output=WRITTEN,
    sample=WRITTEN_SAMPLE,
    idempotency=Idempotency("marker", scope="the API, by our mark in a field that the node names"),
    prepare=prepare,
    result=written_of,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
)
