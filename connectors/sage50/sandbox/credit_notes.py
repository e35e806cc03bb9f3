"""Sales credit notes: create, read, list, release, void; every amount is Sage's own sum of the lines."""

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.invoices import check_head, dated, sums_of
from connectors.sage50.sandbox.lines import line_view, priced
from connectors.sage50.sandbox.listing import envelope
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.settling import outstanding
from connectors.sage50.sandbox.values import amount, check_lengths, iso, new_id, round2, unwrap, valid_date
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES", "note_view"]

_MONEY = ("net_amount", "tax_amount", "total_amount")
_PLAIN = ("date", "reference", "notes", "original_invoice_number", "original_invoice_date")


def note_view(world: World, note: Record) -> dict[str, Json]:
    """A credit note with all its attributes."""
    given, rate = note["input"], amount(note["exchange_rate"])
    money = {name: amount(note[name]) for name in _MONEY}
    return new_id_view("sales_credit_notes", note) | {
        "credit_note_number": note["credit_note_number"],
        "credit_note_number_prefix": note["credit_note_number_prefix"],
        **{name: given.get(name) for name in _PLAIN},
        "contact": contact_link(world.records.get("contact", given["contact_id"])),
        "status": link(world, "artefact_status", note["status"]),
        "currency": link(world, "currency", note["currency_id"]),
        "exchange_rate": rate,
        **money,
        **{f"base_currency_{name}": round2(value / rate) for name, value in money.items()},
        "outstanding_amount": outstanding(note),
        "credit_note_lines": [line_view(world, line) for line in note["lines"]],
        "void_reason": note["void_reason"],
        "deleted_at": note.get("deleted_at"),
        "payments_allocations": note["allocations"],
        "links": [],
    }


def _checked(world: World, body: Record) -> Record:
    problems = Problems("sales_credit_note")
    check_head(world, body, problems)
    check_lengths(problems, body, {"credit_note_number_prefix": 6})
    day = body.get("original_invoice_date")
    if day and not valid_date(day):
        problems.add("original_invoice_date", "is not a valid date")
    given = body.get("credit_note_lines")
    if not isinstance(given, list) or not given:
        problems.add("credit_note_lines", "can't be blank")
        given = []
    lines = priced(world, problems, given, "credit_note_lines")
    problems.check()
    return sums_of(world, body, lines, "credit_note_lines")


def _made(world: World, body: Record) -> Reply:
    summed = _checked(world, body)
    prefix = body.get("credit_note_number_prefix") or "SCN-"
    number = str(body.get("credit_note_number") or world.records.next_number("sales_credit_note", 1))
    now = iso(world)
    note: Record = {
        "id": new_id(),
        "displayed_as": f"{prefix}{number}",
        "credit_note_number": number,
        "credit_note_number_prefix": prefix,
        "created_at": now,
        "updated_at": now,
        "status": body.get("status_id") or "UNPAID",
        "total_paid": "0.00",
        "allocations": [],
        "void_reason": None,
    }
    kept = world.records.put("sales_credit_note", note["id"], note | summed)
    return Reply(note_view(world, kept), 201)


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "sales_credit_note")
    return once(world, body, lambda: _made(world, body))


def _in_path(world: World, request: Request) -> Record:
    note = world.records.get("sales_credit_note", request.params["key"])
    return note if note and not note.get("deleted_at") else unknown_record()


def _saved(world: World, note: Record, **changes: Json) -> Reply:
    kept = world.records.put("sales_credit_note", note["id"], note | changes | {"updated_at": iso(world)})
    return Reply(note_view(world, kept))


def get(world: World, request: Request) -> Reply:
    return Reply(note_view(world, _in_path(world, request)))


def release(world: World, request: Request) -> Reply:
    note = _in_path(world, request)
    if note["status"] != "DRAFT":
        refuse(422, "RecordInvalid", "Only a draft can be released", "base")
    return Reply(_saved(world, note, status="UNPAID").value, 201)


def void(world: World, request: Request) -> Reply:
    note = _in_path(world, request)
    if note["status"] == "DRAFT":
        return _saved(world, note, deleted_at=iso(world), status="VOID")
    reason = request.query("void_reason")
    if not reason:
        refuse(422, "RecordInvalid", "Void reason can't be blank", "sales_credit_note.void_reason")
    if note["status"] == "VOID" or note["allocations"]:
        refuse(422, "RecordInvalid", "The credit note can't be voided", "base")
    return _saved(world, note, status="VOID", void_reason=reason)


def list_notes(world: World, request: Request) -> Reply:
    found = dated(world, request, "sales_credit_note")
    return envelope(world, request, "sales_credit_notes", found, note_view)


_ONE = "/v3.1/sales_credit_notes/<key>"
ROUTES = (
    Route("GET", "/v3.1/sales_credit_notes", list_notes),
    Route("POST", "/v3.1/sales_credit_notes", create),
    Route("GET", _ONE, get),
    Route("DELETE", _ONE, void),
    Route("POST", f"{_ONE}/release", release),
)
