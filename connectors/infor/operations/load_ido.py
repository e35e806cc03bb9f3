"""Read rows of any CSI collection."""

from connectors.infor.csi import load_page
from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def page(call: Call, data: Json, at: Json) -> Portion:
    asked = {name: data.get(name) for name in ("properties", "filter", "orderby")}
    return load_page(call, data["ido"], asked, at)


PAGES = Pages("rows", page)
OPERATION = Read(
    title="Load rows of a CSI collection",
    help="Collection and property names are case-sensitive. Text in a filter is quoted like N'Larch & Co'.",
    input=obj(
        {
            "ido": text("Collection", help="Such as SLCustomers.", shortest=1, longest=80),
            "properties": text("Properties", help="With commas between them; * for all.", shortest=1),
            "filter": text("Filter", help="Such as CustNum = N'      1' AND CustSeq = 0."),
            "orderby": text("Order by", help="Such as RecordDate DESC."),
        },
        required=("ido", "properties"),
    ),
    output=obj({"rows": items("Rows", obj({}, more=True))}, required=("rows",)),
    sample={
        "rows": [{"CustNum": "      1", "Name": "Northgate School Trust", "_ItemId": "PBT=[customer] …"}]
    },
    run=PAGES.all,
    pages=PAGES,
)
