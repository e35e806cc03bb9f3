"""Write to a REST API that answers a repeated `Idempotency-Key` as it did the first time."""

from datetime import timedelta

from connectors.http.requests import WRITE_FIELDS, WRITTEN, WRITTEN_SAMPLE, content_of, request_of, written_of
from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request

_HEADER = "Idempotency-Key"


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return request_of(data.get("method", "POST"), data, {data.get("key_header", _HEADER): mark.guid})


OPERATION = Write(
    title="Write with an idempotency key",
    help="Only for APIs that document such a key: a lost answer is cured by sending the same request again within a day.",
    effect="create",
    record="request",
    input=obj(
        {
            **WRITE_FIELDS,
            "key_header": text("Key header", shortest=1, pattern="^[A-Za-z0-9-]+$", default=_HEADER),
        },
        required=("path",),
    ),
    output=WRITTEN,
    sample=WRITTEN_SAMPLE,
    idempotency=Idempotency("native", scope="the API, by its idempotency header", window=timedelta(hours=24)),
    prepare=prepare,
    result=written_of,
    far_id=lambda output: str(output["id"]),
    unmarked=content_of,
)
