"""List the addresses of contacts."""

from connectors.sage50.addresses import ADDRESS
from connectors.sage50.records import listing
from connectors.sdk.schema import text

OPERATION = listing(
    ADDRESS,
    "List addresses",
    {"contact_id": ("contact_id", text("Contact id", help="Empty for those of all contacts."))},
)
