"""A sales invoice as flows see it: decimal strings, ids, and the status Sage gave it."""

from collections.abc import Mapping, Sequence

from connectors.sage50.client import pages
from connectors.sdk.errors import NotFound, OutcomeUnknown
from connectors.sdk.marks import has_mark, unstamp
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Mark, Match, Standing
from connectors.sdk.paths import path_of
from connectors.sdk.schema import date, decimal, obj, text
from connectors.sdk.wire import Json, Request, Schema

__all__ = [
    "INVOICE",
    "INVOICE_SAMPLE",
    "amount_of",
    "invoice_output",
    "is_draft",
    "matches_of",
    "money_text",
    "read_invoice",
    "standing_of",
    "status_of",
    "unmarked_invoice",
]

INVOICE: Schema = obj(
    {
        "id": text("Invoice id"),
        "number": text("Number", help="Empty while the invoice is a draft without one."),
        "displayed_as": text("Shown as"),
        "status": text("Status", help="DRAFT, UNPAID, PART_PAID, PAID, VOID or PRO_FORMA."),
        "customer_id": text("Customer id"),
        "date": date("Date"),
        "reference": text("Reference"),
        "net_amount": decimal("Net amount", currency="/currency"),
        "tax_amount": decimal("Tax amount", currency="/currency"),
        "total_amount": decimal("Total amount", currency="/currency"),
        "outstanding_amount": decimal("Outstanding", currency="/currency"),
        "currency": text("Currency"),
        "url": text("Address"),
    },
    required=(
        "id",
        "number",
        "displayed_as",
        "status",
        "net_amount",
        "tax_amount",
        "total_amount",
        "currency",
    ),
)

INVOICE_SAMPLE: Json = {
    "id": "e3a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
    "number": "57",
    "displayed_as": "SI-57",
    "status": "DRAFT",
    "customer_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
    "date": "2026-11-21",
    "reference": "STRK-1042",
    "net_amount": "1203.80",
    "tax_amount": "240.76",
    "total_amount": "1444.56",
    "outstanding_amount": "1444.56",
    "currency": "GBP",
}


def invoice_output(invoice: Json) -> Json:
    """Sage's invoice → what `INVOICE` describes. Raises `OutcomeUnknown` for an answer that is no invoice."""
    if not isinstance(invoice, dict) or not invoice.get("id") or "total_amount" not in invoice:
        raise OutcomeUnknown(
            "Sage's answer is not an invoice.", code="not_an_invoice", detail=str(invoice)[:500]
        )
    output = {
        "id": str(invoice["id"]),
        "number": str(invoice.get("invoice_number") or ""),
        "displayed_as": str(invoice.get("displayed_as") or ""),
        "status": _id(invoice.get("status")),
        "customer_id": _id(invoice.get("contact")),
        "date": str(invoice.get("date") or "")[:10],
        "reference": str(invoice.get("reference") or ""),
        "net_amount": money_text(invoice.get("net_amount")),
        "tax_amount": money_text(invoice.get("tax_amount")),
        "total_amount": money_text(invoice.get("total_amount")),
        "outstanding_amount": money_text(invoice.get("outstanding_amount")),
        "currency": _id(invoice.get("currency")),
    }
    address = _page_of(invoice.get("links"))
    return {**output, "url": address} if address else output


def read_invoice(call: Call, invoice_id: str) -> Json:
    """The invoice as Sage gives it. Raises `NotFound`, also for a deleted one."""
    invoice = call.get(path_of("sales_invoices", invoice_id))
    if invoice.get("deleted_at"):
        raise NotFound("This invoice was deleted in Sage.", code="deleted")
    return invoice


def standing_of(call: Call, invoice_id: str) -> Standing:
    """Whether the invoice made earlier is still there and not void."""
    try:
        invoice = read_invoice(call, invoice_id)
    except NotFound:
        return "gone"
    return "void" if status_of(invoice) == "VOID" else "stands"


def status_of(document: Json) -> str:
    """The id of an invoice's or credit note's status, such as DRAFT."""
    return _id(document.get("status"))


def is_draft(call: Call, invoice_id: str) -> bool:
    """Whether the invoice is there and may still be changed."""
    try:
        return status_of(read_invoice(call, invoice_id)) == "DRAFT"
    except NotFound:
        return False


def matches_of(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """The invoices that this request may have made: the customer's of that day whose notes carry our mark."""
    sent = request.json["sales_invoice"]
    query = {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]}
    return [
        Match(str(one["id"]), invoice_output(one), str(one.get("created_at") or ""), "mark in the notes")
        for one in pages(call, "/sales_invoices", query)
        if has_mark(one.get("notes"), mark)
    ]


def unmarked_invoice(request: Request) -> Json:
    """The invoice a request makes, without our markers."""
    invoice = {
        name: value for name, value in request.json["sales_invoice"].items() if name != "idempotency_id"
    }
    return {**invoice, "notes": unstamp(invoice["notes"])}


def amount_of(output: Json) -> Mapping[str, str]:
    return {"amount": output["total_amount"], "currency": output["currency"]}


def money_text(value: Json) -> str:
    """A number or a numeric string, as money text: 1080.0 → "1080.00"."""
    return decimal_text(0 if value is None else value, places=2)


def _id(value: Json) -> str:
    return str(value.get("id") or "") if isinstance(value, dict) else str(value or "")


def _page_of(links: Json) -> str:
    for link in links if isinstance(links, list) else []:
        if (
            isinstance(link, dict)
            and link.get("rel") == "alternate"
            and str(link.get("href", "")).startswith("https://")
        ):
            return str(link["href"])
    return ""
