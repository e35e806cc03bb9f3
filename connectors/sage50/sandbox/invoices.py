"""Sales invoices: create, draft, release, change, void; every amount is Sage's own sum of the lines."""

from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.lines import line_view, priced
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.values import (
    amount,
    check_known,
    check_lengths,
    decimal,
    iso,
    new_id,
    round2,
    unwrap,
    valid_date,
)
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES", "check_head", "dated", "invoice_view", "new_invoice", "sums_of"]

_LENGTHS = {"reference": 25, "notes": 2000, "invoice_number_prefix": 6, "void_reason": 255}
_MONEY = ("net_amount", "tax_amount", "total_amount")
_PLAIN = (
    "date",
    "due_date",
    "reference",
    "notes",
    "terms_and_conditions",
    "contact_name",
    "contact_reference",
)
_STARTS = ("DRAFT", "UNPAID", "PRO_FORMA")


def invoice_view(world: World, invoice: Record) -> dict[str, Json]:
    """An invoice with all its attributes."""
    given = invoice["input"]
    rate = amount(invoice["exchange_rate"])
    paid, total = amount(invoice["total_paid"]), amount(invoice["total_amount"])
    money = {name: amount(invoice[name]) for name in _MONEY}
    live = invoice["status"] not in ("VOID",)
    return new_id_view("sales_invoices", invoice) | {
        "invoice_number": invoice["invoice_number"],
        "invoice_number_prefix": invoice["invoice_number_prefix"],
        **{name: given.get(name) for name in _PLAIN},
        "contact": contact_link(world.records.get("contact", given["contact_id"])),
        "status": link(world, "artefact_status", invoice["status"]),
        "currency": link(world, "currency", invoice["currency_id"]),
        "exchange_rate": rate,
        **money,
        **{f"base_currency_{name}": round2(value / rate) for name, value in money.items()},
        "total_paid": paid,
        "outstanding_amount": total - paid if live else Decimal(),
        "payments_allocations": invoice["allocations"],
        "invoice_lines": [line_view(world, line) for line in invoice["lines"]],
        "main_address": given.get("main_address"),
        "delivery_address": given.get("delivery_address"),
        "sent": bool(given.get("sent")),
        "void_reason": invoice["void_reason"],
        "editable": invoice["status"] in ("DRAFT", "UNPAID", "PRO_FORMA"),
        "tax_reconciled": False,
        "deleted_at": invoice.get("deleted_at"),
        "links": [],
        "corrections": [],
        "migrated": False,
    }


def check_head(world: World, body: Record, problems: Problems) -> None:
    """What invoices and credit notes have in common: customer, dates, currency, status."""
    _check_customer(world, body, problems)
    if not body.get("date"):
        problems.add("date", "can't be blank")
    for name in ("date", "due_date"):
        if body.get(name) and not valid_date(body[name]):
            problems.add(name, "is not a valid date")
    check_lengths(problems, body, _LENGTHS)
    check_known(world, problems, body, {"currency_id": "currency"})
    if body.get("status_id") and body["status_id"] not in _STARTS:
        problems.add("status_id", "is not allowed here")
    rate = body.get("exchange_rate")
    if rate is not None and not (decimal(rate) or 0) > 0:
        problems.add("exchange_rate", "must be greater than zero")


def _check_customer(world: World, body: Record, problems: Problems) -> None:
    contact = world.records.get("contact", str(body.get("contact_id")))
    if not body.get("contact_id"):
        problems.add("contact_id", "can't be blank")
    elif contact is None or contact.get("deleted_at"):
        problems.add("contact_id", "does not exist")
    elif "CUSTOMER" not in contact["input"]["contact_type_ids"]:
        problems.add("contact_id", "is not a customer")


def _summed(world: World, body: Record) -> Record:
    """Check an invoice's body and work out what is kept of it: lines, sums, currency."""
    problems = Problems("sales_invoice")
    check_head(world, body, problems)
    given = body.get("invoice_lines")
    if not isinstance(given, list) or not given:
        problems.add("invoice_lines", "can't be blank")
        given = []
    lines = priced(world, problems, given)
    problems.check()
    return sums_of(world, body, lines, "invoice_lines")


def sums_of(world: World, body: Record, lines: list[Record], field: str) -> Record:
    """What is kept of a checked document: its lines, what they come to, and its currency."""
    contact = world.records.get("contact", body["contact_id"]) or unknown_record()
    currency = body.get("currency_id") or contact["input"]["currency_id"]
    known = world.records.get("currency", currency) or unknown_record()
    kept = {name: value for name, value in body.items() if name not in ("idempotency_id", field, "status_id")}
    sums = {name: str(sum((amount(line[name]) for line in lines), Decimal())) for name in _MONEY}
    rate = str(body.get("exchange_rate") or known["exchange_rate"])
    return sums | {"input": _jsonable(kept), "lines": lines, "currency_id": currency, "exchange_rate": rate}


def _jsonable(body: Record) -> Record:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in body.items()}


def new_invoice(world: World, body: Record) -> Record:
    """Check, add up and save a new invoice; it is posted at once unless its status is DRAFT or PRO_FORMA."""
    origin = body.get("original_quote_estimate_id")
    _check_origin(world, origin)
    summed = _summed(world, body)
    prefix = body.get("invoice_number_prefix") or "SI-"
    number = str(body.get("invoice_number") or world.records.next_number("sales_invoice", 1001))
    now = iso(world)
    invoice: Record = {
        "id": new_id(),
        "displayed_as": f"{prefix}{number}",
        "invoice_number": number,
        "invoice_number_prefix": prefix,
        "created_at": now,
        "updated_at": now,
        "status": body.get("status_id") or "UNPAID",
        "total_paid": "0.00",
        "allocations": [],
        "void_reason": None,
    }
    kept = world.records.put("sales_invoice", invoice["id"], invoice | summed)
    _tie(world, origin, invoice["id"])
    return kept


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "sales_invoice")
    return once(world, body, lambda: Reply(invoice_view(world, new_invoice(world, body)), 201))


def _in_path(world: World, request: Request) -> Record:
    invoice = world.records.get("sales_invoice", request.params["key"])
    return invoice if invoice and not invoice.get("deleted_at") else unknown_record()


def _saved(world: World, invoice: Record, **changes: Json) -> Record:
    return world.records.put("sales_invoice", invoice["id"], invoice | changes | {"updated_at": iso(world)})


def get(world: World, request: Request) -> Reply:
    return Reply(invoice_view(world, _in_path(world, request)))


def update(world: World, request: Request) -> Reply:
    invoice, body = _in_path(world, request), unwrap(request, "sales_invoice")
    if invoice["status"] not in _STARTS or invoice["allocations"]:
        refuse(422, "RecordInvalid", "The invoice can't be edited", "base")
    merged = invoice["input"] | {"invoice_lines": invoice["lines"]} | body
    return Reply(invoice_view(world, _saved(world, invoice, **_summed(world, merged))))


def release(world: World, request: Request) -> Reply:
    invoice = _in_path(world, request)
    if invoice["status"] != "DRAFT":
        refuse(422, "RecordInvalid", "Only a draft can be released", "base")
    return Reply(invoice_view(world, _saved(world, invoice, status="UNPAID")), 201)


def void(world: World, request: Request) -> Reply:
    invoice = _in_path(world, request)
    if invoice["status"] == "DRAFT":
        now = iso(world)
        return Reply(invoice_view(world, _saved(world, invoice, deleted_at=now, status="VOID")))
    reason = request.query("void_reason")
    if not reason:
        refuse(422, "RecordInvalid", "Void reason can't be blank", "sales_invoice.void_reason")
    if invoice["status"] not in ("UNPAID", "PRO_FORMA"):
        refuse(422, "RecordInvalid", "The invoice can't be voided", "base")
    return Reply(invoice_view(world, _saved(world, invoice, status="VOID", void_reason=reason)))


def _quote_of(world: World, key: Json) -> tuple[str, Record] | None:
    """The quote or estimate an invoice is made of, with its kind."""
    for kind in ("sales_quote", "sales_estimate"):
        quote = world.records.get(kind, str(key)) if key else None
        if quote and not quote.get("deleted_at"):
            return kind, quote
    return None


def _check_origin(world: World, key: Json) -> None:
    problems, found = Problems("sales_invoice"), _quote_of(world, key)
    if key and found is None:
        problems.add("original_quote_estimate_id", "does not exist")
    elif found and found[1]["invoice_id"]:
        problems.add("original_quote_estimate_id", "has an invoice already")
    problems.check()


def _tie(world: World, key: Json, invoice_id: str) -> None:
    """The quote is invoiced now."""
    found = _quote_of(world, key)
    if found:
        kind, quote = found
        tied = {"invoice_id": invoice_id, "status": "INVOICED", "updated_at": iso(world)}
        world.records.put(kind, quote["id"], quote | tied)


def list_invoices(world: World, request: Request) -> Reply:
    found = dated(world, request, "sales_invoice")
    search = request.query("search").lower()
    shown = [one for one in found if not search or search in _text(world, one)]
    return envelope(world, request, "sales_invoices", shown, invoice_view)


def dated(world: World, request: Request, kind: str) -> list[Record]:
    """The documents of `kind` that the query's contact, status and dates leave."""
    contact, status = request.query("contact_id"), request.query("status_id")
    first, last = request.query("from_date"), request.query("to_date")
    records = world.records.find(kind, "contact", contact) if contact else world.records.all(kind)
    return [
        one
        for one in since(records, request)
        if (not status or one["status"] == status)
        and (not first or one["input"]["date"] >= first)
        and (not last or one["input"]["date"] <= last)
    ]


def _text(world: World, invoice: Record) -> str:
    given = invoice["input"]
    contact = world.records.get("contact", given["contact_id"])
    name = contact["input"]["name"] if contact else ""
    return f"{given.get('reference') or ''} {given.get('contact_name') or ''} {name}".lower()


_ONE = "/v3.1/sales_invoices/<key>"
ROUTES = (
    Route("GET", "/v3.1/sales_invoices", list_invoices),
    Route("POST", "/v3.1/sales_invoices", create),
    Route("GET", _ONE, get),
    Route("PUT", _ONE, update),
    Route("DELETE", _ONE, void),
    Route("POST", f"{_ONE}/release", release),
)
