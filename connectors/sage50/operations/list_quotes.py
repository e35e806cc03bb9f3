"""List sales quotes."""

from connectors.sage50.quotes import QUOTE
from connectors.sage50.records import listing
from connectors.sdk.schema import date, text

OPERATION = listing(
    QUOTE,
    "List sales quotes",
    {
        "customer_id": ("contact_id", text("Customer id")),
        "status": ("status_id", text("Status", help="As Sage calls it, such as PENDING.")),
        "from_date": ("from_date", date("From")),
        "to_date": ("to_date", date("To")),
        "search": ("search", text("Search", help="A part of the reference or of the customer's name.")),
    },
)
