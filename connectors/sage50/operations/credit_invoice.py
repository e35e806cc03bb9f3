"""Credit a posted sales invoice: a credit note with the same lines, dated the day it is asked for."""

from collections.abc import Mapping, Sequence

from connectors.sage50.client import pages
from connectors.sage50.credit import credit_lines, creditable
from connectors.sage50.idempotency import NATIVE
from connectors.sage50.invoices import INVOICE, money_text, read_invoice, status_of
from connectors.sdk.errors import NotFound, OutcomeUnknown
from connectors.sdk.marks import has_mark, stamp, unstamp
from connectors.sdk.numbers import decimal_of, decimal_text
from connectors.sdk.operation import Call, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import date, obj, text
from connectors.sdk.wire import Json, Request, Response

_SHARED = ("id", "number", "displayed_as", "status", "date", "reference")
_AMOUNTS = ("net_amount", "tax_amount", "total_amount")


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
    return _output(response.json)


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """Among the customer's credit notes of that day, the ones whose notes carry our mark."""
    sent = request.json["sales_credit_note"]
    query = {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]}
    return [
        Match(str(one["id"]), _output(one), str(one.get("created_at") or ""), "mark in the notes")
        for one in pages(call, "/sales_credit_notes", query)
        if has_mark(one.get("notes"), mark)
    ]


def standing(call: Call, far_id: str) -> Standing:
    try:
        note = call.get(path_of("sales_credit_notes", far_id))
    except NotFound:
        return "gone"
    if note.get("deleted_at"):
        return "gone"
    return "void" if status_of(note) == "VOID" else "stands"


def unmarked(request: Request) -> Json:
    note = {
        name: value for name, value in request.json["sales_credit_note"].items() if name != "idempotency_id"
    }
    return {**note, "notes": unstamp(note["notes"])}


def amount(output: Json) -> Mapping[str, str]:
    """What is credited counts against what was invoiced."""
    total = decimal_of(output["total_amount"])
    return {"amount": format(-total, "f"), "currency": output["currency"]}


def _output(note: Json) -> Json:
    if not isinstance(note, dict) or not note.get("id") or "total_amount" not in note:
        raise OutcomeUnknown("Sage's answer is not a credit note.", code="not_a_credit_note")
    return {
        "id": str(note["id"]),
        "number": str(note.get("credit_note_number") or ""),
        "displayed_as": str(note.get("displayed_as") or ""),
        "status": status_of(note),
        "date": str(note.get("date") or "")[:10],
        "reference": str(note.get("reference") or ""),
        **{name: money_text(note.get(name)) for name in _AMOUNTS},
        "currency": str((note.get("currency") or {}).get("id") or ""),
        "invoice": str(note.get("original_invoice_number") or ""),
    }


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
    output=obj(
        {
            **{name: INVOICE["properties"][name] for name in (*_SHARED, *_AMOUNTS, "currency")},
            "invoice": text("Credited invoice", help="Its number."),
        },
        required=("id", "displayed_as", "status", *_AMOUNTS, "currency"),
    ),
    sample={
        "id": "a1c1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "number": "3",
        "displayed_as": "SCN-3",
        "status": "UNPAID",
        "date": "2026-11-23",
        "reference": "SI-57",
        "net_amount": "1203.80",
        "tax_amount": "240.76",
        "total_amount": "1444.56",
        "currency": "GBP",
        "invoice": "SI-57",
    },
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
    standing=standing,
    amount=amount,
)
