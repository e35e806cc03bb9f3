"""Make a sales invoice, as a draft unless told to post it."""

from connectors.sage50.credit import COMPENSATION
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoice_body import INVOICE_FIELDS, INVOICE_REQUIRED, invoice_body
from connectors.sage50.invoices import (
    INVOICE,
    INVOICE_SAMPLE,
    amount_of,
    invoice_output,
    is_draft,
    matches_of,
    standing_of,
    unmarked_invoice,
)
from connectors.sdk.marks import stamp
from connectors.sdk.operation import Call, Mark, Revision, Write
from connectors.sdk.schema import choice, obj
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    invoice = {
        "idempotency_id": mark.guid,
        **invoice_body(call, data, stamp(data.get("notes", ""), mark)),
    }
    if data.get("status", "draft") == "draft":
        invoice["status_id"] = "DRAFT"
    return Request("POST", "/sales_invoices", json={"sales_invoice": invoice})


def result(_data: Json, response: Response) -> Json:
    return invoice_output(response.json)


def revised(far_id: str, data: Json) -> Json:
    """The same invoice, written over the draft there is."""
    return {"invoice_id": far_id, **{name: value for name, value in data.items() if name != "status"}}


OPERATION = Write(
    title="Create a sales invoice",
    effect="create",
    record="sales_invoice",
    input=obj(
        {
            **INVOICE_FIELDS,
            "status": choice(
                "Status", ["draft", "open"], help="open: posted to the ledger at once.", default="draft"
            ),
        },
        required=INVOICE_REQUIRED,
    ),
    output=INVOICE,
    sample=INVOICE_SAMPLE,
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked_invoice,
    find=matches_of,
    standing=standing_of,
    amount=amount_of,
    revise=Revision("sage50.update_invoice", is_draft, revised),
    compensation=COMPENSATION,
)
