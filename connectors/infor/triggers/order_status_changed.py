"""A sales order was made, shipped, invoiced or changed otherwise."""

from connectors.infor.changes import changed_orders, changes_trigger
from connectors.infor.orders import ORDER, ORDER_SAMPLE

TRIGGER = changes_trigger(
    "Sales order made or changed",
    "salesorders",
    changed_orders,
    record="sales_order",
    output=ORDER,
    sample={name: value for name, value in ORDER_SAMPLE.items() if name != "lines"},
    help="Looks for orders by the day of their last change. M3: the service user needs the right to EXPORTMI.",
)
