"""Receipts from customers (Sage's contact payments) and what they are set against, as flows see them."""

from collections.abc import Mapping

from connectors.sage50.invoices import money_text
from connectors.sage50.records import Kind, days_of, id_of
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import date, decimal, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["ALLOCATION", "PART", "RECEIPT", "RECEIPT_TYPE", "amount_of", "parts_body", "receipt_body"]

RECEIPT_TYPE = "CUSTOMER_RECEIPT"

PART = obj(
    {
        "document_id": text("Document id", help="An invoice, credit note or payment on account.", shortest=1),
        "amount": decimal("Amount", currency="/currency"),
    },
    required=("document_id", "amount"),
)


def _parts(record: Json) -> list[Json]:
    return [
        {"document_id": id_of(one.get("artefact")), "amount": money_text(one.get("amount"))}
        for one in record.get("allocated_artefacts") or []
    ]


def _receipt(payment: Json) -> Json:
    on_account = payment.get("payment_on_account") or {}
    return {
        "id": str(payment["id"]),
        "displayed_as": str(payment.get("displayed_as") or ""),
        "customer_id": id_of(payment.get("contact")),
        "bank_account_id": id_of(payment.get("bank_account")),
        **days_of(payment, "date"),
        "reference": str(payment.get("reference") or ""),
        "total_amount": money_text(payment.get("total_amount")),
        "currency": id_of(payment.get("currency")),
        "allocated": _parts(payment),
        "on_account_id": id_of(on_account),
        "on_account_amount": money_text(on_account.get("outstanding_amount")),
    }


def _allocation(allocation: Json) -> Json:
    return {
        "id": str(allocation["id"]),
        "displayed_as": str(allocation.get("displayed_as") or ""),
        "customer_id": id_of(allocation.get("contact")),
        **days_of(allocation, "date"),
        "allocated": _parts(allocation),
    }


def parts_body(parts: Json) -> list[Json]:
    """What is set against which document, as Sage takes it."""
    return [{"artefact_id": one["document_id"], "amount": one["amount"]} for one in parts]


def receipt_body(_call: Call, data: Json, mark: Mark) -> dict[str, Json]:
    """The `contact_payment`. Without a reference of its own it carries our token, by which it is recognised later."""
    sent: dict[str, Json] = {
        "transaction_type_id": RECEIPT_TYPE,
        "contact_id": data["customer_id"],
        "bank_account_id": data["bank_account_id"],
        "date": data["date"],
        "total_amount": data["total_amount"],
        "reference": data.get("reference") or mark.token,
    }
    if data.get("allocated"):
        sent["allocated_artefacts"] = parts_body(data["allocated"])
    for ours, theirs in (("currency", "currency_id"), ("exchange_rate", "exchange_rate")):
        if data.get(ours):
            sent[theirs] = data[ours]
    return sent


def amount_of(output: Json) -> Mapping[str, str] | None:
    """The receipt's money, when Sage says in which currency."""
    if not output["currency"]:
        return None
    return {"amount": format(decimal_of(output["total_amount"]), "f"), "currency": output["currency"]}


_PARTS: Schema = items("Set against", PART)

RECEIPT = Kind(
    path="contact_payments",
    name="contact_payment",
    noun="receipt",
    key="receipt_id",
    plural="receipts",
    schema=obj(
        {
            "id": text("Receipt id"),
            "displayed_as": text("Shown as"),
            "customer_id": text("Customer id"),
            "bank_account_id": text("Bank account id"),
            "date": date("Date"),
            "reference": text("Reference"),
            "total_amount": decimal("Amount", currency="/currency"),
            "currency": text("Currency"),
            "allocated": _PARTS,
            "on_account_id": text("Payment on account", help="What is left of it, to be set against later."),
            "on_account_amount": decimal("Left on account", currency="/currency"),
        },
        required=("id", "customer_id", "total_amount", "currency", "allocated"),
    ),
    output=_receipt,
    sample={
        "id": "7c21c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "displayed_as": "Receipt 2026-11-24",
        "customer_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "bank_account_id": "9a01c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "date": "2026-11-24",
        "reference": "BACS 2411",
        "total_amount": "1500.00",
        "currency": "GBP",
        "allocated": [{"document_id": "e3a1c0de5a6e4f0d8b1f0c2d3e4f5a6b", "amount": "1444.56"}],
        "on_account_id": "5e31c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "on_account_amount": "55.44",
    },
)

ALLOCATION = Kind(
    path="contact_allocations",
    name="contact_allocation",
    noun="allocation",
    key="allocation_id",
    plural="allocations",
    schema=obj(
        {
            "id": text("Allocation id"),
            "displayed_as": text("Shown as"),
            "customer_id": text("Customer id"),
            "date": date("Date"),
            "allocated": _PARTS,
        },
        required=("id", "customer_id", "allocated"),
    ),
    output=_allocation,
    sample={
        "id": "a110c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "displayed_as": "Allocation 2026-11-25",
        "customer_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "date": "2026-11-25",
        "allocated": [
            {"document_id": "e3a1c0de5a6e4f0d8b1f0c2d3e4f5a6b", "amount": "55.44"},
            {"document_id": "5e31c0de5a6e4f0d8b1f0c2d3e4f5a6b", "amount": "-55.44"},
        ],
    },
)
