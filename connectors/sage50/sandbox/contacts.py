"""Contacts: customers and vendors."""

from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.values import amount, check_known, check_lengths, decimal, iso, new_id, unwrap
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = [
    "ADDRESS_LENGTHS",
    "ROUTES",
    "address_view",
    "contact_link",
    "contact_view",
    "email_of",
    "new_contact",
    "normalized",
]

MOST_CREDIT_DAYS = 365
_LENGTHS = {
    "name": 100,
    "reference": 10,
    "notes": 4000,
    "credit_terms_and_conditions": 2000,
    "source_guid": 255,
}
ADDRESS_LENGTHS = {"address_line_1": 50, "address_line_2": 50, "city": 50, "region": 50, "postal_code": 10}
_PERSON = {"name": 50, "telephone": 50, "mobile": 50, "email": 100}
_PLAIN = ("name", "reference", "tax_number", "notes", "locale", "source_guid", "credit_terms_and_conditions")
_LINKS = {
    "currency_id": "currency",
    "default_sales_ledger_account_id": "ledger_account",
    "default_purchase_ledger_account_id": "ledger_account",
    "default_sales_tax_rate_id": "tax_rate",
}


def normalized(text: str) -> str:
    """A text for comparing: lower case, single spaces."""
    return " ".join(text.lower().split())


def email_of(contact: Record) -> str:
    """The main person's e-mail address in lower case, or ""."""
    person = contact["input"].get("main_contact_person") or {}
    return str(person.get("email") or "").lower()


def contact_link(contact: Record | None) -> Json:
    """A contact as invoices and payments point at it."""
    if contact is None:
        return None
    return {
        "id": contact["id"],
        "displayed_as": contact["displayed_as"],
        "$path": f"/contacts/{contact['id']}",
    }


def address_view(world: World, address: Json) -> Json:
    """An address as the API shows it; None for none."""
    if not address:
        return None
    lines = {name: address.get(name) for name in ADDRESS_LENGTHS}
    shown = ", ".join(str(value) for value in lines.values() if value)
    kind_id = str(address.get("address_type_id") or "DELIVERY")
    kind = {"id": kind_id, "displayed_as": kind_id.capitalize()}
    country = link(world, "country", address.get("country_id"))
    bare = {"id": address["id"], "displayed_as": shown, "$path": f"/addresses/{address['id']}"}
    return bare | lines | {"country": country, "address_type": kind, "is_main_address": True}


def _person(person: Json) -> Json:
    if not person:
        return None
    shown = {name: person.get(name) for name in (*_PERSON, "job_title")}
    bare = {
        "id": person["id"],
        "displayed_as": person.get("name") or "",
        "$path": f"/contact_persons/{person['id']}",
    }
    return bare | shown | {"is_main_contact": True}


def contact_view(world: World, contact: Record) -> dict[str, Json]:
    """A contact with all its attributes."""
    given = contact["input"]
    limit = given.get("credit_limit")
    return new_id_view("contacts", contact) | {
        **{name: given.get(name) for name in _PLAIN},
        **{name.removesuffix("_id"): link(world, kind, given.get(name)) for name, kind in _LINKS.items()},
        "contact_types": [link(world, "contact_type", kind) for kind in given["contact_type_ids"]],
        "email": (given.get("main_contact_person") or {}).get("email"),
        "credit_limit": amount(limit) if limit is not None else None,
        "credit_days": given.get("credit_days"),
        "main_address": address_view(world, given.get("main_address")),
        "delivery_address": address_view(world, given.get("delivery_address")),
        "main_contact_person": _person(given.get("main_contact_person")),
        "deleted_at": contact.get("deleted_at"),
        "system": False,
        "deletable": not _has_transactions(world, contact),
        "links": [],
    }


def _has_transactions(world: World, contact: Record) -> bool:
    """Whether anything was invoiced to this contact, credited or paid by it."""
    kinds = ("sales_invoice", "sales_credit_note", "contact_payment")
    found = (one for kind in kinds for one in world.records.find(kind, "contact", contact["id"]))
    return any(not one.get("deleted_at") for one in found)


def _check(world: World, body: Record) -> None:
    problems = Problems("contact")
    if not str(body.get("name") or "").strip():
        problems.add("name", "can't be blank")
    kinds = body.get("contact_type_ids")
    if not isinstance(kinds, list) or not kinds:
        problems.add("contact_type_ids", "can't be blank")
    elif any(world.records.get("contact_type", str(kind)) is None for kind in kinds):
        problems.add("contact_type_ids", "does not exist")
    check_lengths(problems, body, _LENGTHS)
    check_known(world, problems, body, _LINKS)
    for name in ("main_address", "delivery_address", "main_contact_person"):
        if body.get(name) and not isinstance(body[name], dict):
            problems.add(name, "is invalid")
    problems.check()
    for name in ("main_address", "delivery_address"):
        if body.get(name):
            check_lengths(problems, body[name], ADDRESS_LENGTHS, f"{name}.")
            check_known(world, problems, body[name], {"country_id": "country"}, f"{name}.")
    _check_person(problems, body.get("main_contact_person") or {})
    _check_credit(problems, body)
    problems.check()


def _check_person(problems: Problems, person: Record) -> None:
    check_lengths(problems, person, _PERSON, "main_contact_person.")
    if person.get("email") and "@" not in str(person["email"]):
        problems.add("main_contact_person.email", "is invalid")


def _check_credit(problems: Problems, body: Record) -> None:
    days = body.get("credit_days")
    if days is not None and not (str(days).isdigit() and int(days) <= MOST_CREDIT_DAYS):
        problems.add("credit_days", f"must be between 0 and {MOST_CREDIT_DAYS}")
    if body.get("credit_limit") is not None and decimal(body["credit_limit"]) is None:
        problems.add("credit_limit", "is not a number")


def _kept(world: World, key: str, body: Record, created: str) -> Record:
    given = {name: value for name, value in body.items() if name != "idempotency_id" and value is not None}
    for name in ("main_address", "delivery_address", "main_contact_person"):
        if given.get(name):
            given[name] = {"id": new_id()} | given[name]
    given.setdefault("currency_id", "GBP")
    if "credit_limit" in given:
        given["credit_limit"] = str(given["credit_limit"])
    shown = f"{given['name']} ({given['reference']})" if given.get("reference") else given["name"]
    return {"id": key, "displayed_as": shown, "created_at": created, "updated_at": iso(world), "input": given}


def new_contact(world: World, body: Record) -> Record:
    """Check and save a new contact."""
    _check(world, body)
    key = new_id()
    return world.records.put("contact", key, _kept(world, key, body, iso(world)))


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "contact")
    return once(world, body, lambda: Reply(contact_view(world, new_contact(world, body)), 201))


def _in_path(world: World, request: Request) -> Record:
    contact = world.records.get("contact", request.params["key"])
    return contact if contact and not contact.get("deleted_at") else unknown_record()


def get(world: World, request: Request) -> Reply:
    contact = _in_path(world, request)
    balance = {"balance": _balance(world, contact)} if request.query("show_balance") == "true" else {}
    return Reply(contact_view(world, contact) | balance)


def _balance(world: World, contact: Record) -> Decimal:
    invoices = world.records.find("sales_invoice", "contact", contact["id"])
    open_ones = [one for one in invoices if one["status"] in ("UNPAID", "PART_PAID")]
    return sum((amount(one["total_amount"]) - amount(one["total_paid"]) for one in open_ones), Decimal())


def update(world: World, request: Request) -> Reply:
    contact, body = _in_path(world, request), unwrap(request, "contact")
    merged = contact["input"] | body
    for name in ("main_address", "delivery_address", "main_contact_person"):
        if body.get(name) and contact["input"].get(name):
            merged[name] = contact["input"][name] | body[name]
    _check(world, merged)
    saved = world.records.put(
        "contact", contact["id"], _kept(world, contact["id"], merged, contact["created_at"])
    )
    return Reply(contact_view(world, saved))


def delete(world: World, request: Request) -> Reply:
    contact = _in_path(world, request)
    if _has_transactions(world, contact):
        refuse(422, "RecordInvalid", "The contact has transactions and can't be deleted", "base")
    world.records.put("contact", contact["id"], contact | {"deleted_at": iso(world)})
    return Reply(status=204)


def list_contacts(world: World, request: Request) -> Reply:
    email, search = request.query("email").strip().lower(), normalized(request.query("search"))
    kind = request.query("contact_type_id")
    records = world.records.find("contact", "email", email) if email else world.records.all("contact")
    found = since(records, request)
    if search:
        found = [one for one in found if search in _text(one)]
    if kind:
        found = [one for one in found if kind in one["input"]["contact_type_ids"]]
    return envelope(world, request, "contacts", found, contact_view)


def _text(contact: Record) -> str:
    given = contact["input"]
    person = (given.get("main_contact_person") or {}).get("name") or ""
    return normalized(" ".join([given["name"], given.get("reference") or "", person]))


_ONE = "/v3.1/contacts/<key>"
ROUTES = (
    Route("GET", "/v3.1/contacts", list_contacts),
    Route("POST", "/v3.1/contacts", create),
    Route("GET", _ONE, get),
    Route("PUT", _ONE, update),
    Route("DELETE", _ONE, delete),
)
