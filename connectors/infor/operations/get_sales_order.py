"""Read one sales order with its lines."""

from connectors.infor.orders import ORDER, ORDER_SAMPLE, read_order
from connectors.sdk.operation import Read
from connectors.sdk.schema import obj, text

OPERATION = Read(
    title="Get a sales order",
    input=obj({"order_id": text("Order number", shortest=1)}, required=("order_id",)),
    output=ORDER,
    sample=ORDER_SAMPLE,
    run=lambda call, data: read_order(call, data["order_id"]),
)
