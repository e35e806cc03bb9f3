"""Quotes and estimates as flows see them: the same document under two names, one of which a country's Sage uses."""

from collections.abc import Callable, Mapping

from connectors.sage50.invoice_body import INVOICE_FIELDS, invoice_lines
from connectors.sage50.invoices import money_text
from connectors.sage50.records import Finder, Kind, days_of, id_of, marked
from connectors.sdk.marks import stamp
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import date, decimal, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["ESTIMATE", "QUOTE", "QUOTE_FIELDS", "amount_of", "body_of", "finder_of"]

QUOTE_FIELDS: Schema = obj(
    {
        "customer_id": INVOICE_FIELDS["customer_id"],
        "date": date("Date"),
        "expiry_date": date("Valid until"),
        **{name: INVOICE_FIELDS[name] for name in ("reference", "currency", "notes", "lines")},
    },
    required=("customer_id", "date", "expiry_date", "lines"),
)

_AMOUNTS = ("net_amount", "tax_amount", "total_amount")


def amount_of(output: Json) -> Mapping[str, str]:
    return {"amount": output["total_amount"], "currency": output["currency"]}


def _output(number: str) -> Callable[[Json], Json]:
    return lambda quote: {
        "id": str(quote["id"]),
        "number": str(quote.get(number) or ""),
        "displayed_as": str(quote.get("displayed_as") or ""),
        "status": id_of(quote.get("status")),
        "customer_id": id_of(quote.get("contact")),
        **days_of(quote, "date", "expiry_date"),
        "reference": str(quote.get("reference") or ""),
        **{name: money_text(quote.get(name)) for name in _AMOUNTS},
        "currency": id_of(quote.get("currency")),
        "invoice_id": id_of(quote.get("invoice")),
    }


def _kind(noun: str, prefix: str) -> Kind:
    return Kind(
        path=f"sales_{noun}s",
        name=f"sales_{noun}",
        noun=noun,
        key=f"{noun}_id",
        plural=f"{noun}s",
        schema=obj(
            {
                "id": text(f"{noun.capitalize()} id"),
                "number": text("Number"),
                "displayed_as": text("Shown as"),
                "status": text("Status", help="As Sage calls it."),
                "customer_id": text("Customer id"),
                "date": date("Date"),
                "expiry_date": date("Valid until"),
                "reference": text("Reference"),
                "net_amount": decimal("Net amount", currency="/currency"),
                "tax_amount": decimal("Tax amount", currency="/currency"),
                "total_amount": decimal("Total amount", currency="/currency"),
                "currency": text("Currency"),
                "invoice_id": text(
                    "Invoice id", help="The invoice it was turned into; empty when it wasn't."
                ),
            },
            required=("id", "displayed_as", "status", *_AMOUNTS, "currency"),
        ),
        output=_output(f"{noun}_number"),
        sample={
            "id": "40a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
            "number": "12",
            "displayed_as": f"{prefix}-12",
            "status": "PENDING",
            "customer_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
            "date": "2026-11-21",
            "expiry_date": "2026-12-21",
            "reference": "STRK-1042",
            "net_amount": "1203.80",
            "tax_amount": "240.76",
            "total_amount": "1444.56",
            "currency": "GBP",
            "invoice_id": "",
        },
    )


QUOTE = _kind("quote", "QU")
ESTIMATE = _kind("estimate", "ES")


def body_of(kind: Kind) -> Callable[[Call, Json, Mark], dict[str, Json]]:
    """What is sent of a new quote or estimate. Raises `Data` with the place of what Sage could not book."""

    def body(call: Call, data: Json, mark: Mark) -> dict[str, Json]:
        sent: dict[str, Json] = {
            "contact_id": data["customer_id"],
            "date": data["date"],
            "expiry_date": data["expiry_date"],
            "reference": data.get("reference", ""),
            "notes": stamp(data.get("notes", ""), mark),
            f"{kind.noun}_lines": invoice_lines(call, data["lines"]),
        }
        return {**sent, "currency_id": data["currency"]} if data.get("currency") else sent

    return body


def finder_of(kind: Kind) -> Finder:
    """Among the customer's of that day."""
    return marked(
        kind,
        lambda sent: {"contact_id": sent["contact_id"], "from_date": sent["date"], "to_date": sent["date"]},
    )
