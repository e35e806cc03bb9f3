"""Make a sales invoice, as a draft unless told to post it."""

from collections.abc import Sequence

from connectors.sage50.client import pages
from connectors.sage50.credit import COMPENSATION
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoice_body import INVOICE_FIELDS, INVOICE_REQUIRED, invoice_body
from connectors.sage50.invoices import (
    INVOICE,
    INVOICE_SAMPLE,
    amount_of,
    invoice_output,
    is_draft,
    standing_of,
)
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.operation import Call, Mark, Match, Revision, Write
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


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """Among the customer's invoices of that day (a list, not a search), the ones whose notes carry our mark."""
    sent = request.json["sales_invoice"]
    query = {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]}
    return [
        Match(str(one["id"]), invoice_output(one), str(one.get("created_at") or ""), "mark in the notes")
        for one in pages(call, "/sales_invoices", query)
        if has_mark(one.get("notes"), mark)
    ]


def unmarked(request: Request) -> Json:
    """The invoice without our markers."""
    invoice = {
        name: value for name, value in request.json["sales_invoice"].items() if name != "idempotency_id"
    }
    return {**invoice, "notes": unstamp(invoice["notes"])}


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
    unmarked=unmarked,
    find=find,
    standing=standing_of,
    amount=amount_of,
    revise=Revision("sage50.update_invoice", is_draft, revised),
    compensation=COMPENSATION,
)
