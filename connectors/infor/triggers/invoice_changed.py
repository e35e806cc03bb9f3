"""An invoice was made, or what remains of it has changed."""

from connectors.infor.changes import changed_invoices, changes_trigger
from connectors.infor.records import INVOICE, INVOICE_SAMPLE

TRIGGER = changes_trigger(
    "Invoice made or changed",
    "invoices",
    changed_invoices,
    record="invoice",
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    help="Looks for invoices by the day of their last change.",
)
