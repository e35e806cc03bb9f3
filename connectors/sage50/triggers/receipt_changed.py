"""Receipt booked or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.receipts import RECEIPT

_ATTRIBUTES = (
    "contact",
    "bank_account",
    "date",
    "reference",
    "total_amount",
    "currency",
    "allocated_artefacts",
    "payment_on_account",
)

TRIGGER = kind_trigger(
    "Receipt booked or changed",
    RECEIPT,
    Feed(
        "/contact_payments",
        _ATTRIBUTES,
        output_of(RECEIPT, "total_amount"),
        name_of,
        query={"transaction_type_id": "CUSTOMER_RECEIPT", "sort": "updated_at:asc"},
    ),
    {},
    help="Looks for what customers paid: receipts that were booked, changed or deleted.",
)
