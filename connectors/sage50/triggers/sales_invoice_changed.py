"""A sales invoice was made, changed, paid, voided or deleted."""

from connectors.sage50.changes import Feed, changes_trigger
from connectors.sage50.invoices import INVOICE, INVOICE_SAMPLE, invoice_output
from connectors.sdk.schema import boolean, choice, timestamp
from connectors.sdk.wire import Json

_ATTRIBUTES = (
    "invoice_number",
    "status",
    "contact",
    "date",
    "reference",
    "net_amount",
    "tax_amount",
    "total_amount",
    "outstanding_amount",
    "currency",
    "links",
)
_STATUSES = ["DRAFT", "UNPAID", "PART_PAID", "PAID", "VOID"]


def output(invoice: Json) -> Json:
    """Of a deleted invoice Sage may give no amounts."""
    whole = "total_amount" in invoice
    given = invoice_output(invoice) if whole else {"id": str(invoice["id"])}
    return {**given, "updated_at": invoice.get("deleted_at") or invoice.get("updated_at")}


TRIGGER = changes_trigger(
    "Sales invoice made or changed",
    Feed(
        "/sales_invoices",
        _ATTRIBUTES,
        output,
        lambda invoice: str(invoice.get("displayed_as") or invoice["id"]),
        query={"sort": "updated_at:asc"},
        lost=("status_id",),
    ),
    help="Looks for sales invoices that were made, changed, paid, voided or deleted.",
    config={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "status_id": choice("Only with status", _STATUSES, help="Empty for all."),
            "deletions": boolean("Also deletions", default=True),
        },
    },
    output={
        **INVOICE,
        "required": ["id", "deleted"],
        "properties": {
            **INVOICE["properties"],
            "updated_at": timestamp("Changed", type=["string", "null"]),
            "deleted": boolean("Deleted"),
        },
    },
    sample={**INVOICE_SAMPLE, "updated_at": "2026-11-21T09:30:10Z", "deleted": False},
)
