"""List any of the generic resources, from M3 or CSI."""

from connectors.infor.facade import list_page
from connectors.infor.resources import RESOURCES
from connectors.sdk.operation import Pages, Read
from connectors.sdk.schema import choice, items, obj, text

PAGES = Pages("records", list_page)
OPERATION = Read(
    title="List records",
    help="The same fields from M3 and CSI. M3 lists sales orders by customer, inventory by item, payments by invoice.",
    input=obj(
        {
            "resource": choice("Resource", sorted(RESOURCES)),
            "customer_id": text("Customer number", help="M3: needed for sales orders and payments."),
            "item_id": text("Item number", help="M3: needed for inventory."),
            "invoice_id": text("Invoice number", help="M3: needed for payments."),
            "year": text("Year", help="M3: needed for invoices and payments.", longest=4),
        },
        required=("resource",),
    ),
    output=obj({"records": items("Records", obj({}, more=True))}, required=("records",)),
    sample={
        "records": [{"vendor_id": "S3001", "name": "Oakfield Timber Ltd", "terms": "30D", "currency": "GBP"}]
    },
    run=PAGES.all,
    pages=PAGES,
)
