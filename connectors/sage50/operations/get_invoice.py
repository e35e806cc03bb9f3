"""Read one sales invoice."""

from connectors.sage50.invoices import INVOICE, INVOICE_SAMPLE, invoice_output, read_invoice
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    return invoice_output(read_invoice(call, data["invoice_id"]))


OPERATION = Read(
    title="Get a sales invoice",
    input=obj({"invoice_id": text("Invoice id", shortest=1)}, required=("invoice_id",)),
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    run=run,
)
