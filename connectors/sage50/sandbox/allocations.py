"""Allocations: credit notes and payments on account set against the same customer's invoices."""

from decimal import Decimal

from connectors.sage50.sandbox.catalogue import link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, unknown_record
from connectors.sage50.sandbox.settling import check_part, given_parts, parts_view, take
from connectors.sage50.sandbox.values import amount, check_known, decimal, iso, new_id, unwrap, valid_date
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES", "allocation_view"]

KIND = "CUSTOMER_ALLOCATION"


def allocation_view(world: World, allocation: Record) -> dict[str, Json]:
    """An allocation with all its attributes."""
    return new_id_view("contact_allocations", allocation) | {
        "transaction_type": link(world, "transaction_type", KIND),
        "contact": contact_link(world.records.get("contact", allocation["contact_id"])),
        "date": allocation["date"],
        "allocated_artefacts": parts_view(world, allocation["allocated"]),
        "deleted_at": allocation.get("deleted_at"),
    }


def _check(world: World, body: Record) -> list[Decimal]:
    problems = Problems("contact_allocation")
    for name in ("transaction_type_id", "contact_id", "allocated_artefacts"):
        if not body.get(name):
            problems.add(name, "can't be blank")
    if body.get("transaction_type_id") not in (None, "", KIND):
        problems.add("transaction_type_id", "is not supported by the sandbox")
    check_known(world, problems, body, {"contact_id": "contact"})
    if body.get("date") and not valid_date(body["date"]):
        problems.add("date", "is not a valid date")
    parts = given_parts(body)
    amounts = [decimal(one.get("amount")) or Decimal() for one in parts]
    if len({str(one.get("artefact_id")) for one in parts}) != len(parts):
        problems.add("allocated_artefacts", "names a document twice")
    if sum(amounts, Decimal()) != 0:
        problems.add("allocated_artefacts", "must balance")
    for number, one in enumerate(parts):
        path = f"allocated_artefacts[{number}]."
        check_part(world, problems, one, str(body.get("contact_id")), path, credits=True)
    problems.check()
    return amounts


def _made(world: World, body: Record) -> Reply:
    amounts = _check(world, body)
    now = iso(world)
    day = str(body.get("date") or now[:10])
    parts = [
        {"artefact_id": str(one["artefact_id"]), "amount": str(paid)}
        for one, paid in zip(given_parts(body), amounts, strict=True)
    ]
    allocation: Record = {
        "id": new_id(),
        "displayed_as": f"Allocation {day}",
        "created_at": now,
        "updated_at": now,
        "contact_id": str(body["contact_id"]),
        "date": day,
        "allocated": parts,
    }
    for part in parts:
        take(world, part["artefact_id"], abs(amount(part["amount"])), allocation["id"])
    kept = world.records.put("contact_allocation", allocation["id"], allocation)
    return Reply(allocation_view(world, kept), 201)


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "contact_allocation")
    return once(world, body, lambda: _made(world, body))


def _in_path(world: World, request: Request) -> Record:
    found = world.records.get("contact_allocation", request.params["key"])
    return found if found and not found.get("deleted_at") else unknown_record()


def get(world: World, request: Request) -> Reply:
    return Reply(allocation_view(world, _in_path(world, request)))


def delete(world: World, request: Request) -> Reply:
    allocation, now = _in_path(world, request), iso(world)
    for part in allocation["allocated"]:
        take(world, part["artefact_id"], -abs(amount(part["amount"])), allocation["id"])
    world.records.put("contact_allocation", allocation["id"], allocation | {"deleted_at": now})
    return Reply(status=204)


def list_allocations(world: World, request: Request) -> Reply:
    contact = request.query("contact_id")
    records = since(world.records.all("contact_allocation"), request)
    found = [one for one in records if contact in ("", one["contact_id"])]
    return envelope(world, request, "contact_allocations", found, allocation_view)


_ONE = "/v3.1/contact_allocations/<key>"
ROUTES = (
    Route("GET", "/v3.1/contact_allocations", list_allocations),
    Route("POST", "/v3.1/contact_allocations", create),
    Route("GET", _ONE, get),
    Route("DELETE", _ONE, delete),
)
