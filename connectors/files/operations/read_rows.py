"""Read a file's rows, however many there are."""

from connectors.files.layout import LAYOUT, PATH
from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import items, obj
from connectors.sdk.wire import Json


def read(call: Call, data: Json, at: Json) -> Portion:
    page = call.get("/rows", {"asked": data, "at": at})
    return Portion(page["rows"], page["following"])


_PAGES = Pages("rows", read)

OPERATION = Read(
    title="Read rows",
    help="A CSV file's or a sheet's cells are text unless a column says otherwise; amounts are decimal texts.",
    input=obj({"path": PATH, **LAYOUT}, required=("path",)),
    output=obj({"rows": items("Rows", obj({}, more=True))}, required=("rows",)),
    sample={"rows": [{"Order": "SO-1001", "Customer": "Larch & Co", "Amount": "451.43"}]},
    run=_PAGES.all,
    pages=_PAGES,
)
