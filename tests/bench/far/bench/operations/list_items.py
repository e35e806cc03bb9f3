"""List so many items, a thousand a page."""

from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import integer, items, obj, text
from connectors.sdk.wire import Json

_SIZE = 1_000


def read(call: Call, data: Json, at: Json) -> Portion:
    first = at or 0
    answer = call.get("/items", {"first": first, "count": min(_SIZE, data["count"] - first)})
    following = first + _SIZE
    return Portion(answer["items"], following if following < data["count"] else None)


PAGES = Pages("items", read)
OPERATION = Read(
    title="List items",
    input=obj({"count": integer("Items")}, required=("count",)),
    output=obj({"items": items("Items", obj({"id": integer("Id"), "sku": text("SKU")}, more=True))}),
    sample={
        "items": [{"id": 1, "sku": "SKU-01", "qty": 2, "price": "10.10", "date": "2026-11-02", "name": "n1"}]
    },
    run=PAGES.all,
    pages=PAGES,
)
