"""The schemas of invoices, payments and stock as flows see them."""

from connectors.sdk.schema import decimal, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = [
    "INVOICE",
    "INVOICE_SAMPLE",
    "ITEM",
    "ITEM_SAMPLE",
    "PAYMENT",
    "PAYMENT_SAMPLE",
    "STOCK",
    "STOCK_SAMPLE",
]

INVOICE: Schema = obj(
    {
        "invoice_id": text("Invoice number"),
        "year": text("Year", help="M3 names an invoice by number and year."),
        "order_id": text("Order number"),
        "customer_id": text("Customer number"),
        "invoice_date": text("Invoice date", help="YYYY-MM-DD."),
        "due_date": text("Due date", help="YYYY-MM-DD."),
        "total_amount": decimal("Total amount", currency="/currency"),
        "tax_amount": decimal("Tax amount", currency="/currency"),
        "remaining_amount": decimal("Remaining amount", help="CSI doesn't give it.", currency="/currency"),
        "currency": text("Currency"),
    },
    required=("invoice_id", "total_amount"),
)
INVOICE_SAMPLE: Json = {
    "invoice_id": "700001",
    "year": "2026",
    "order_id": "0001000001",
    "customer_id": "C10001",
    "invoice_date": "2026-11-22",
    "due_date": "2026-12-22",
    "total_amount": "595.80",
    "tax_amount": "99.30",
    "remaining_amount": "495.80",
    "currency": "GBP",
}
PAYMENT: Schema = obj(
    {
        "payment_id": text("Payment number"),
        "invoice_id": text("Invoice number"),
        "customer_id": text("Customer number"),
        "payment_date": text("Payment date", help="YYYY-MM-DD."),
        "payment_amount": decimal("Amount", currency="/currency"),
        "currency": text("Currency"),
        "method": text("Method"),
    },
    required=("payment_id", "payment_amount"),
)
PAYMENT_SAMPLE: Json = {
    "payment_id": "50001",
    "invoice_id": "700001",
    "customer_id": "C10001",
    "payment_date": "2026-11-22",
    "payment_amount": "100.00",
    "currency": "GBP",
    "method": "BT",
}
STOCK: Schema = obj(
    {
        "item_id": text("Item number"),
        "warehouse": text("Warehouse"),
        "on_hand_quantity": decimal("On hand"),
        "allocated_quantity": decimal("Allocated"),
        "available_quantity": decimal("Available", help="CSI doesn't give it."),
    },
    required=("item_id", "warehouse", "on_hand_quantity"),
)
STOCK_SAMPLE: Json = {
    "item_id": "TBL-1",
    "warehouse": "001",
    "on_hand_quantity": "120",
    "allocated_quantity": "0",
    "available_quantity": "120",
}
ITEM: Schema = obj(
    {
        "item_id": text("Item number"),
        "name": text("Name"),
        "description": text("Description"),
        "unit": text("Unit"),
        "price": decimal("Sales price", help="CSI keeps it apart.", currency="/currency"),
        "currency": text("Currency"),
        "status": text("Status"),
    },
    required=("item_id", "name"),
)
ITEM_SAMPLE: Json = {
    "item_id": "TBL-1",
    "name": "Table, oak",
    "description": "Table, oak, 160 cm",
    "unit": "PCS",
    "price": "30.095",
    "currency": "GBP",
    "status": "20",
}
