"""List what was set against what."""

from connectors.sage50.receipts import ALLOCATION
from connectors.sage50.records import listing
from connectors.sdk.schema import text

OPERATION = listing(ALLOCATION, "List allocations", {"customer_id": ("contact_id", text("Customer id"))})
