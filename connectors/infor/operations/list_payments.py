"""What was paid on an invoice."""

from connectors.infor.csi import load, quoted
from connectors.infor.m3 import listed
from connectors.infor.records import PAYMENT, PAYMENT_SAMPLE
from connectors.infor.resources import RESOURCES, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    erp = erp_of(call.settings)
    if erp == "csi":
        found = list(load(call, "SLArpmts", properties="*", filter=f"Ref = {quoted(data['invoice_id'])}"))
    else:
        if not data.get("year"):
            raise Data(
                "M3 names an invoice by number and year. Map the year as well.",
                code="field_missing",
                pointer="/year",
            )
        key = {
            "PYNO": data["customer_id"],
            "CUNO": data["customer_id"],
            "CINO": data["invoice_id"],
            "INYR": data["year"],
        }
        found = listed(call, "ARS200MI", "LstInvoiceTrans", {**key, "TRCD": "20"})
    return {"payments": [_payment(read_record(RESOURCES["payments"], erp, one)) for one in found]}


def _payment(read: dict[str, Json]) -> dict[str, Json]:
    """M3 books what was paid as a minus on the invoice; people mean the amount."""
    return {**read, "payment_amount": str(read["payment_amount"]).removeprefix("-")}


OPERATION = Read(
    title="List an invoice's payments",
    input=obj(
        {
            "invoice_id": text("Invoice number", shortest=1),
            "year": text("Invoice year", help="M3 needs it.", longest=4),
            "customer_id": text("Customer number", shortest=1),
        },
        required=("invoice_id", "customer_id"),
    ),
    output=obj({"payments": items("Payments", PAYMENT)}, required=("payments",)),
    sample={"payments": [PAYMENT_SAMPLE]},
    run=run,
)
