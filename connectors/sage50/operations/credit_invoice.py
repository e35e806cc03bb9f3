"""Credit a posted sales invoice: a credit note with the same lines, dated the day it is asked for."""

from collections.abc import Sequence

from connectors.sage50.client import pages
from connectors.sage50.credit import credit_lines, creditable
from connectors.sage50.credit_notes import CREDIT_NOTE, amount_of
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoices import read_invoice
from connectors.sage50.records import standing_of
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Mark, Match, Write
from connectors.sdk.schema import date, obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """The credit note, in the invoice's currency and at its rate, so that both come to nothing."""
    invoice = creditable(read_invoice(call, data["invoice_id"]))
    note: dict[str, Json] = {
        "idempotency_id": mark.guid,
        "contact_id": str((invoice.get("contact") or {}).get("id") or ""),
        "date": data["date"],
        "reference": str(invoice.get("displayed_as") or "")[:25],
        "notes": stamp(data["reason"], mark),
        "original_invoice_number": str(invoice.get("displayed_as") or ""),
        "original_invoice_date": str(invoice.get("date") or "")[:10],
        "credit_note_lines": credit_lines(invoice),
    }
    currency = str((invoice.get("currency") or {}).get("id") or "")
    if currency:
        note["currency_id"] = currency
    if invoice.get("exchange_rate") is not None:
        note["exchange_rate"] = decimal_text(invoice["exchange_rate"])
    return Request("POST", "/sales_credit_notes", json={"sales_credit_note": note})


def result(_data: Json, response: Response) -> Json:
    return CREDIT_NOTE.read(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """Among the customer's credit notes of that day, the ones whose notes carry our mark."""
    sent = request.json["sales_credit_note"]
    query = {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]}
    return [
        Match(str(one["id"]), CREDIT_NOTE.output(one), str(one.get("created_at") or ""), "mark in the notes")
        for one in pages(call, "/sales_credit_notes", query)
        if has_mark(one.get("notes"), mark)
    ]


def unmarked(request: Request) -> Json:
    note = {
        name: value for name, value in request.json["sales_credit_note"].items() if name != "idempotency_id"
    }
    return {**note, "notes": unstamp(note["notes"])}


OPERATION = Write(
    title="Credit a sales invoice",
    help="Posts a credit note over the whole invoice. A draft is refused: delete it instead.",
    effect="create",
    record="sales_credit_note",
    input=obj(
        {
            "invoice_id": text("Invoice id", shortest=1),
            "date": date("Date of the credit note"),
            "reason": text("Reason", shortest=1, longest=1900),
        },
        required=("invoice_id", "date", "reason"),
    ),
    output=CREDIT_NOTE.schema,
    sample=CREDIT_NOTE.sample,
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
    standing=standing_of(CREDIT_NOTE),
    amount=amount_of,
)
