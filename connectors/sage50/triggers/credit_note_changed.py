"""Credit note made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.credit_notes import CREDIT_NOTE
from connectors.sdk.schema import choice

_ATTRIBUTES = (
    "credit_note_number",
    "status",
    "contact",
    "date",
    "reference",
    "net_amount",
    "tax_amount",
    "total_amount",
    "outstanding_amount",
    "currency",
    "original_invoice_number",
)

TRIGGER = kind_trigger(
    "Credit note made or changed",
    CREDIT_NOTE,
    Feed(
        "/sales_credit_notes",
        _ATTRIBUTES,
        output_of(CREDIT_NOTE, "total_amount"),
        name_of,
        lost=("status_id",),
    ),
    {
        "status_id": choice(
            "Only with status", ["DRAFT", "UNPAID", "PART_PAID", "PAID", "VOID"], help="Empty for all."
        )
    },
    help="Looks for sales credit notes that were made, changed, voided or deleted.",
)
