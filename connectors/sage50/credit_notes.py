"""A sales credit note as flows see it."""

from collections.abc import Mapping

from connectors.sage50.invoices import INVOICE, money_text, status_of
from connectors.sage50.records import Kind, days_of, id_of
from connectors.sdk.errors import OutcomeUnknown
from connectors.sdk.numbers import decimal_of
from connectors.sdk.schema import decimal, obj, text
from connectors.sdk.wire import Json

__all__ = ["CREDIT_NOTE", "amount_of"]

_SHARED = ("id", "number", "displayed_as", "status", "customer_id", "date", "reference")
_AMOUNTS = ("net_amount", "tax_amount", "total_amount")


def amount_of(output: Json) -> Mapping[str, str]:
    """What is credited counts against what was invoiced."""
    total = decimal_of(output["total_amount"])
    return {"amount": format(-total, "f"), "currency": output["currency"]}


def _output(note: Json) -> Json:
    if "total_amount" not in note:
        raise OutcomeUnknown("Sage's answer is not a credit note.", code="not_a_credit_note")
    left = note.get("outstanding_amount")
    return {
        "id": str(note["id"]),
        "number": str(note.get("credit_note_number") or ""),
        "displayed_as": str(note.get("displayed_as") or ""),
        "status": status_of(note),
        "customer_id": id_of(note.get("contact")),
        **days_of(note, "date"),
        "reference": str(note.get("reference") or ""),
        **{name: money_text(note.get(name)) for name in _AMOUNTS},
        **({} if left is None else {"outstanding_amount": money_text(left)}),
        "currency": id_of(note.get("currency")),
        "invoice": str(note.get("original_invoice_number") or ""),
    }


CREDIT_NOTE = Kind(
    path="sales_credit_notes",
    name="sales_credit_note",
    noun="credit note",
    key="credit_note_id",
    plural="credit_notes",
    schema=obj(
        {
            **{name: INVOICE["properties"][name] for name in (*_SHARED, *_AMOUNTS, "currency")},
            "id": text("Credit note id"),
            "outstanding_amount": decimal("Not set against anything yet", currency="/currency"),
            "invoice": text("Credited invoice", help="Its number."),
        },
        required=("id", "displayed_as", "status", *_AMOUNTS, "currency"),
    ),
    output=_output,
    sample={
        "id": "a1c1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "number": "3",
        "displayed_as": "SCN-3",
        "status": "UNPAID",
        "customer_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "date": "2026-11-23",
        "reference": "SI-57",
        "net_amount": "1203.80",
        "tax_amount": "240.76",
        "total_amount": "1444.56",
        "outstanding_amount": "1444.56",
        "currency": "GBP",
        "invoice": "SI-57",
    },
)
