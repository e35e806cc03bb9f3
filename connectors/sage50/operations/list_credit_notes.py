"""List sales credit notes."""

from connectors.sage50.credit_notes import CREDIT_NOTE
from connectors.sage50.records import listing
from connectors.sdk.schema import choice, date, text

OPERATION = listing(
    CREDIT_NOTE,
    "List sales credit notes",
    {
        "customer_id": ("contact_id", text("Customer id")),
        "status": ("status_id", choice("Status", ["DRAFT", "UNPAID", "PART_PAID", "PAID", "VOID"])),
        "from_date": ("from_date", date("From")),
        "to_date": ("to_date", date("To")),
    },
)
