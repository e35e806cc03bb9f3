"""Receipts from customers, allocated to invoices."""

from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.invoices import settled
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, unknown_record
from connectors.sage50.sandbox.values import amount, check_known, decimal, iso, new_id, unwrap, valid_date
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES", "payment_view"]


def payment_view(world: World, payment: Record) -> dict[str, Json]:
    """A payment with all its attributes."""
    return new_id_view("contact_payments", payment) | {
        "transaction_type": {"id": "CUSTOMER_RECEIPT", "displayed_as": "Customer receipt"},
        "contact": contact_link(world.records.get("contact", payment["contact_id"])),
        "bank_account": link(world, "bank_account", payment["bank_account_id"]),
        "date": payment["date"],
        "reference": payment["reference"],
        "total_amount": amount(payment["total_amount"]),
        "allocated_artefacts": [
            {"artefact": _invoice(world, one["artefact_id"]), "amount": amount(one["amount"])}
            for one in payment["allocated"]
        ],
    }


def _invoice(world: World, key: str) -> Json:
    invoice = world.records.get("sales_invoice", key)
    return {"id": key, "displayed_as": invoice["displayed_as"] if invoice else ""}


def _check(world: World, body: Record) -> None:
    problems = Problems("contact_payment")
    for name in ("transaction_type_id", "contact_id", "bank_account_id", "date", "total_amount"):
        if body.get(name) in (None, ""):
            problems.add(name, "can't be blank")
    if body.get("transaction_type_id") not in (None, "", "CUSTOMER_RECEIPT"):
        problems.add("transaction_type_id", "is not supported by the sandbox")
    check_known(world, problems, body, {"contact_id": "contact", "bank_account_id": "bank_account"})
    if body.get("date") and not valid_date(body["date"]):
        problems.add("date", "is not a valid date")
    total = decimal(body.get("total_amount"))
    given = [one for one in body.get("allocated_artefacts") or [] if isinstance(one, dict)]
    parts = [decimal(one.get("amount")) or Decimal() for one in given]
    if total is None or total <= 0 or sum(parts, Decimal()) > total:
        problems.add("total_amount", "must be greater than zero and cover what is allocated")
    for number, one in enumerate(given):
        _check_part(world, problems, one, parts[number], f"allocated_artefacts[{number}].")
    problems.check()


def _check_part(world: World, problems: Problems, part: Record, paid: Decimal, path: str) -> None:
    invoice = world.records.get("sales_invoice", str(part.get("artefact_id")))
    if invoice is None or invoice["status"] not in ("UNPAID", "PART_PAID"):
        problems.add(f"{path}artefact_id", "does not exist or is not open")
    elif paid > amount(invoice["total_amount"]) - amount(invoice["total_paid"]):
        problems.add(f"{path}amount", "is more than what is outstanding")


def _made(world: World, body: Record) -> Reply:
    _check(world, body)
    key, now = new_id(), iso(world)
    parts = [
        {"artefact_id": one["artefact_id"], "amount": str(decimal(one["amount"]))}
        for one in body.get("allocated_artefacts") or []
    ]
    payment: Record = {
        "id": key,
        "displayed_as": f"Receipt {body['date']}",
        "created_at": now,
        "updated_at": now,
        **{name: body[name] for name in ("contact_id", "bank_account_id", "date")},
        "reference": body.get("reference"),
        "total_amount": str(body["total_amount"]),
        "allocated": parts,
    }
    world.records.put("contact_payment", key, payment)
    for part in parts:
        invoice = world.records.get("sales_invoice", part["artefact_id"]) or unknown_record()
        settled(world, invoice, amount(part["amount"]), key)
    return Reply(payment_view(world, payment), 201)


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "contact_payment")
    return once(world, body, lambda: _made(world, body))


def get(world: World, request: Request) -> Reply:
    payment = world.records.get("contact_payment", request.params["key"]) or unknown_record()
    return Reply(payment_view(world, payment))


def list_payments(world: World, request: Request) -> Reply:
    contact = request.query("contact_id")
    found = [
        one
        for one in since(world.records.all("contact_payment"), request)
        if contact in ("", one["contact_id"])
    ]
    return envelope(world, request, "contact_payments", found, payment_view)


ROUTES = (
    Route("GET", "/v3.1/contact_payments", list_payments),
    Route("POST", "/v3.1/contact_payments", create),
    Route("GET", "/v3.1/contact_payments/<key>", get),
)
