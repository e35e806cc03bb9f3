"""Receipts from customers, allocated to invoices; what is left of one is a payment on account."""

from collections.abc import Mapping
from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.settling import (
    artefact_of,
    check_part,
    given_parts,
    outstanding,
    parts_view,
    take,
)
from connectors.sage50.sandbox.values import (
    amount,
    check_known,
    check_lengths,
    decimal,
    iso,
    new_id,
    unwrap,
    valid_date,
)
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES", "TYPES", "payment_view"]

TYPES: Mapping[str, str] = {
    "CUSTOMER_RECEIPT": "Customer receipt",
    "CUSTOMER_REFUND": "Customer refund",
    "VENDOR_PAYMENT": "Vendor payment",
    "VENDOR_REFUND": "Vendor refund",
    "CUSTOMER_ALLOCATION": "Customer allocation",
    "SALES_INVOICE": "Sales invoice",
    "SALES_CREDIT_NOTE": "Sales credit note",
}


def payment_view(world: World, payment: Record) -> dict[str, Json]:
    """A payment with all its attributes."""
    return new_id_view("contact_payments", payment) | {
        "transaction_type": link(world, "transaction_type", "CUSTOMER_RECEIPT"),
        "contact": contact_link(world.records.get("contact", payment["contact_id"])),
        "bank_account": link(world, "bank_account", payment["bank_account_id"]),
        "date": payment["date"],
        "reference": payment["reference"],
        "total_amount": amount(payment["total_amount"]),
        "currency": link(world, "currency", payment["currency_id"]),
        "exchange_rate": amount(payment["exchange_rate"]),
        "allocated_artefacts": parts_view(world, payment["allocated"]),
        "payment_on_account": _on_account(world, payment),
        "deleted_at": payment.get("deleted_at"),
    }


def _on_account(world: World, payment: Record) -> Json:
    kept = world.records.get("on_account", str(payment["on_account"]))
    if not kept:
        return None
    shown = {"id": kept["id"], "displayed_as": kept["displayed_as"]}
    return shown | {"total_amount": amount(kept["total_amount"]), "outstanding_amount": outstanding(kept)}


def _check(world: World, body: Record) -> None:
    problems = Problems("contact_payment")
    for name in ("transaction_type_id", "contact_id", "bank_account_id", "date", "total_amount"):
        if body.get(name) in (None, ""):
            problems.add(name, "can't be blank")
    if body.get("transaction_type_id") not in (None, "", "CUSTOMER_RECEIPT"):
        problems.add("transaction_type_id", "is not supported by the sandbox")
    kinds = {"contact_id": "contact", "bank_account_id": "bank_account", "currency_id": "currency"}
    check_known(world, problems, body, kinds)
    check_lengths(problems, body, {"reference": 25})
    contact = world.records.get("contact", str(body.get("contact_id")))
    if contact and contact.get("deleted_at"):
        problems.add("contact_id", "does not exist")
    if body.get("date") and not valid_date(body["date"]):
        problems.add("date", "is not a valid date")
    rate = body.get("exchange_rate")
    if rate is not None and not (decimal(rate) or 0) > 0:
        problems.add("exchange_rate", "must be greater than zero")
    _check_amounts(world, problems, body)
    problems.check()


def _check_amounts(world: World, problems: Problems, body: Record) -> None:
    total = decimal(body.get("total_amount"))
    parts = given_parts(body)
    paid = [decimal(one.get("amount")) or Decimal() for one in parts]
    if total is None or total <= 0 or sum(paid, Decimal()) > total:
        problems.add("total_amount", "must be greater than zero and cover what is allocated")
    for number, one in enumerate(parts):
        path = f"allocated_artefacts[{number}]."
        check_part(world, problems, one, str(body.get("contact_id")), path)


def _made(world: World, body: Record) -> Reply:
    _check(world, body)
    now = iso(world)
    parts = [
        {"artefact_id": str(one["artefact_id"]), "amount": str(decimal(one["amount"]))}
        for one in given_parts(body)
    ]
    contact = world.records.get("contact", str(body["contact_id"])) or unknown_record()
    currency = str(body.get("currency_id") or contact["input"]["currency_id"])
    known = world.records.get("currency", currency) or unknown_record()
    payment: Record = {
        "id": new_id(),
        "displayed_as": f"Receipt {body['date']}",
        "created_at": now,
        "updated_at": now,
        **{name: str(body[name]) for name in ("contact_id", "bank_account_id", "date", "total_amount")},
        "reference": body.get("reference"),
        "currency_id": currency,
        "exchange_rate": str(body.get("exchange_rate") or known["exchange_rate"]),
        "allocated": parts,
    }
    for part in parts:
        take(world, part["artefact_id"], amount(part["amount"]), payment["id"])
    left = amount(payment["total_amount"]) - sum((amount(part["amount"]) for part in parts), Decimal())
    payment["on_account"] = _left(world, payment, left) if left else None
    kept = world.records.put("contact_payment", payment["id"], payment)
    return Reply(payment_view(world, kept), 201)


def _left(world: World, payment: Record, left: Decimal) -> str:
    """The payment on account that the rest of a receipt becomes; its id."""
    kept: Record = {
        "id": new_id(),
        "displayed_as": f"Payment on account {payment['date']}",
        "contact_id": payment["contact_id"],
        "total_amount": str(left),
        "total_paid": "0.00",
        "allocations": [],
    }
    world.records.put("on_account", kept["id"], kept)
    return str(kept["id"])


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "contact_payment")
    return once(world, body, lambda: _made(world, body))


def _in_path(world: World, request: Request) -> Record:
    payment = world.records.get("contact_payment", request.params["key"])
    return payment if payment and not payment.get("deleted_at") else unknown_record()


def get(world: World, request: Request) -> Reply:
    return Reply(payment_view(world, _in_path(world, request)))


def delete(world: World, request: Request) -> Reply:
    """What it paid is outstanding again. Refused once its rest was allocated as well."""
    payment = _in_path(world, request)
    found = artefact_of(world, str(payment["on_account"]))
    if found and found[1]["allocations"]:
        refuse(422, "RecordInvalid", "The payment is allocated and can't be deleted", "base")
    for part in payment["allocated"]:
        take(world, part["artefact_id"], -amount(part["amount"]), payment["id"])
    now = iso(world)
    world.records.put("contact_payment", payment["id"], payment | {"deleted_at": now, "updated_at": now})
    return Reply(status=204)


def list_payments(world: World, request: Request) -> Reply:
    first, last = request.query("from_date"), request.query("to_date")
    kind = request.query("transaction_type_id")
    wanted = {name: request.query(name) for name in ("contact_id", "bank_account_id") if request.query(name)}
    found = [
        one
        for one in since(world.records.all("contact_payment"), request)
        if kind in ("", "CUSTOMER_RECEIPT")
        and all(one[name] == value for name, value in wanted.items())
        and (not first or one["date"] >= first)
        and (not last or one["date"] <= last)
    ]
    return envelope(world, request, "contact_payments", found, payment_view)


_ONE = "/v3.1/contact_payments/<key>"
ROUTES = (
    Route("GET", "/v3.1/contact_payments", list_payments),
    Route("POST", "/v3.1/contact_payments", create),
    Route("GET", _ONE, get),
    Route("DELETE", _ONE, delete),
)
