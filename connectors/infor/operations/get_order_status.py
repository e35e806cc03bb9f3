"""How far an order has come, and how much of it is invoiced and paid."""

from decimal import Decimal

from connectors.infor.orders import invoices_of, read_order
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import boolean, choice, items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    order = read_order(call, data["order_id"], lines=False)
    invoices = invoices_of(call, data["order_id"])
    return {
        "order_id": data["order_id"],
        "status": order["status"],
        "on_hold": order["on_hold"],
        "payment_status": _payment(invoices),
        "invoice_ids": [str(one["invoice_id"]) for one in invoices],
    }


def _payment(invoices: list[dict[str, Json]]) -> str:
    """What is left of all invoices against what they came to; CSI doesn't say what is left."""
    if not invoices:
        return "unbilled"
    left = [str(one.get("remaining_amount", "")) for one in invoices]
    if not all(left):
        return "billed"
    remaining = sum(map(Decimal, left), Decimal())
    total = sum((Decimal(str(one.get("total_amount", "0"))) for one in invoices), Decimal())
    if remaining == 0:
        return "paid"
    return "unpaid" if remaining >= total else "partly_paid"


OPERATION = Read(
    title="Get an order's status",
    input=obj({"order_id": text("Order number", shortest=1)}, required=("order_id",)),
    output=obj(
        {
            "order_id": text("Order number"),
            "status": text("Status", help="quote, pending, open, partly_shipped, shipped, invoiced, completed or cancelled."),
            "on_hold": boolean("On hold"),
            "payment_status": choice("Payment", ["unbilled", "billed", "unpaid", "partly_paid", "paid"]),
            "invoice_ids": items("Invoices", text("Invoice number")),
        },
        required=("order_id", "status", "on_hold", "payment_status", "invoice_ids"),
    ),
    sample={"order_id": "0001000001", "status": "invoiced", "on_hold": False, "payment_status": "partly_paid", "invoice_ids": ["700001"]},
    run=run,
)  # fmt: skip
