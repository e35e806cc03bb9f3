"""List sales invoices."""

from connectors.sage50.invoices import INVOICE, INVOICE_SAMPLE, invoice_output
from connectors.sage50.records import Kind, listing
from connectors.sdk.schema import choice, date, text

KIND = Kind(
    "sales_invoices",
    "sales_invoice",
    "invoice",
    "invoice_id",
    "invoices",
    INVOICE,
    invoice_output,
    INVOICE_SAMPLE,
)
OPERATION = listing(
    KIND,
    "List sales invoices",
    {
        "customer_id": ("contact_id", text("Customer id")),
        "status": ("status_id", choice("Status", ["DRAFT", "UNPAID", "PART_PAID", "PAID", "VOID"])),
        "from_date": ("from_date", date("From")),
        "to_date": ("to_date", date("To")),
        "search": ("search", text("Search", help="A part of the reference or of the customer's name.")),
    },
)
