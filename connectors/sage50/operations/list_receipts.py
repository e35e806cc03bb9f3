"""List what customers paid."""

from connectors.sage50.receipts import RECEIPT, RECEIPT_TYPE
from connectors.sage50.records import listing
from connectors.sdk.schema import date, text

OPERATION = listing(
    RECEIPT,
    "List receipts",
    {
        "customer_id": ("contact_id", text("Customer id")),
        "bank_account_id": ("bank_account_id", text("Bank account", x_options="bank_accounts")),
        "from_date": ("from_date", date("From")),
        "to_date": ("to_date", date("To")),
    },
    query={"transaction_type_id": RECEIPT_TYPE},
)
