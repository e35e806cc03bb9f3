"""The invoices that came of an order."""

from connectors.infor.orders import invoices_of
from connectors.infor.records import INVOICE, INVOICE_SAMPLE
from connectors.sdk.operation import Read
from connectors.sdk.schema import items, obj, text

OPERATION = Read(
    title="List an order's invoices",
    input=obj({"order_id": text("Order number", shortest=1)}, required=("order_id",)),
    output=obj({"invoices": items("Invoices", INVOICE)}, required=("invoices",)),
    sample={"invoices": [INVOICE_SAMPLE]},
    run=lambda call, data: {"invoices": invoices_of(call, data["order_id"])},
)
