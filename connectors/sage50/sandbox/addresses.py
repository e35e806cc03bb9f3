"""Addresses: a contact's main and delivery address, which live in the contact, and any further ones."""

from collections.abc import Iterator

from connectors.sage50.sandbox.contacts import ADDRESS_LENGTHS, address_view, contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.listing import envelope, since
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.values import check_known, check_lengths, iso, new_id, unwrap
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]

_SLOTS = ("main_address", "delivery_address")
_TYPES = ("DELIVERY", "SALES", "ACCOUNTS", "OTHER")


def _all(world: World) -> Iterator[Record]:
    """Every address; `slot` says where in its contact it stands, "" for a further one."""
    for contact in world.records.all("contact"):
        if contact.get("deleted_at"):
            continue
        for slot in _SLOTS:
            given = contact["input"].get(slot)
            if given:
                stamps = {name: contact[name] for name in ("created_at", "updated_at")}
                yield {"id": given["id"], "slot": slot, "contact_id": contact["id"], "input": given} | stamps
    yield from world.records.all("address")


def _view(world: World, address: Record) -> dict[str, Json]:
    shown: dict[str, Json] = address_view(world, {**address["input"], "id": address["id"]})
    return shown | {
        "created_at": address["created_at"],
        "updated_at": address["updated_at"],
        "name": address["input"].get("name") or "",
        "is_main_address": address["slot"] == "main_address",
        "contact": contact_link(world.records.get("contact", address["contact_id"])),
        "deleted_at": address.get("deleted_at"),
    }


def _check(world: World, body: Record, *, new: bool) -> None:
    problems = Problems("address")
    for name in ("address_type_id", "name", "contact_id") if new else ():
        if not body.get(name):
            problems.add(name, "can't be blank")
    if new and body.get("is_main_address") is None:
        problems.add("is_main_address", "can't be blank")
    if body.get("address_type_id") and body["address_type_id"] not in _TYPES:
        problems.add("address_type_id", "does not exist")
    check_lengths(problems, body, ADDRESS_LENGTHS)
    check_known(world, problems, body, {"country_id": "country", "contact_id": "contact"})
    problems.check()


def _made(world: World, body: Record) -> Reply:
    """A new main address takes the place of the one there is, which stays as a further one."""
    _check(world, body, new=True)
    key, now = new_id(), iso(world)
    contact = world.records.get("contact", str(body["contact_id"])) or unknown_record()
    if contact.get("deleted_at"):
        unknown_record()
    further: Record = {"slot": "", "contact_id": contact["id"], "created_at": now, "updated_at": now}
    given = {name: value for name, value in body.items() if name not in ("idempotency_id", "contact_id")}
    if body["is_main_address"] is not True:
        kept = world.records.put("address", key, further | {"id": key, "input": given})
        return Reply(_view(world, kept), 201)
    old = contact["input"].get("main_address")
    if old:
        world.records.put("address", old["id"], further | {"id": old["id"], "input": old})
    _put_in_contact(world, contact["id"], "main_address", {"id": key} | given)
    return Reply(_view(world, _found(world, key)), 201)


def _put_in_contact(world: World, key: str, slot: str, given: Json) -> None:
    contact = world.records.get("contact", key) or unknown_record()
    changed = contact | {"updated_at": iso(world), "input": contact["input"] | {slot: given}}
    world.records.put("contact", key, changed)


def _found(world: World, key: str) -> Record:
    found = [one for one in _all(world) if one["id"] == key and not one.get("deleted_at")]
    return found[0] if found else unknown_record()


def create(world: World, request: Request) -> Reply:
    body = unwrap(request, "address")
    return once(world, body, lambda: _made(world, body))


def get(world: World, request: Request) -> Reply:
    return Reply(_view(world, _found(world, request.params["key"])))


def update(world: World, request: Request) -> Reply:
    address, body = _found(world, request.params["key"]), unwrap(request, "address")
    _check(world, body, new=False)
    merged = address["input"] | {name: value for name, value in body.items() if name != "contact_id"}
    if address["slot"]:
        _put_in_contact(world, address["contact_id"], address["slot"], merged)
    else:
        world.records.put("address", address["id"], address | {"input": merged, "updated_at": iso(world)})
    return Reply(_view(world, _found(world, address["id"])))


def delete(world: World, request: Request) -> Reply:
    address, now = _found(world, request.params["key"]), iso(world)
    if address["slot"] == "main_address":
        refuse(422, "RecordInvalid", "The main address can't be deleted", "base")
    if address["slot"]:
        _put_in_contact(world, address["contact_id"], address["slot"], None)
    world.records.put("address", address["id"], address | {"slot": "", "deleted_at": now, "updated_at": now})
    return Reply(status=204)


def list_addresses(world: World, request: Request) -> Reply:
    contact = request.query("contact_id")
    found = [one for one in since(list(_all(world)), request) if contact in ("", one["contact_id"])]
    return envelope(world, request, "addresses", found, _view)


_ONE = "/v3.1/addresses/<key>"
ROUTES = (
    Route("GET", "/v3.1/addresses", list_addresses),
    Route("POST", "/v3.1/addresses", create),
    Route("GET", _ONE, get),
    Route("PUT", _ONE, update),
    Route("DELETE", _ONE, delete),
)
