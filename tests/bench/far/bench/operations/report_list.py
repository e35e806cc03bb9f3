"""Tell the target that a list has been worked through: how the bench sees the end of a batch."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import integer, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    call.get("/lists", {"key": data["key"], "count": data["count"]})
    return {"count": data["count"]}


OPERATION = Read(
    title="Report a list",
    input=obj({"key": text("Key", shortest=1), "count": integer("Items")}, required=("key", "count")),
    output=obj({"count": integer("Items")}, required=("count",)),
    sample={"count": 10_000},
    run=run,
)
