"""Read a list of any REST API, however long, page by page."""

from connectors.http.paging import PAGING_FIELDS, read_page
from connectors.http.requests import COMMON_FIELDS
from connectors.sdk.operation import Pages, Read
from connectors.sdk.schema import items, json_value, obj

PAGES = Pages("items", read_page)
OPERATION = Read(
    title="Read a list",
    help="Sends GET requests until the list has ended, one page at a time.",
    input=obj({**COMMON_FIELDS, **PAGING_FIELDS}, required=("path", "paging")),
    output=obj({"items": items("Items", json_value("Item"))}, required=("items",)),
    sample={"items": [{"id": "42"}]},
    run=PAGES.all,
    pages=PAGES,
)
