"""Sales quotes and estimates: one document under the names two countries give it, and the invoice it becomes."""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.sage50.sandbox.catalogue import QUOTE_STATUSES, link, new_id_view
from connectors.sage50.sandbox.contacts import contact_link
from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.invoices import check_head, dated, sums_of
from connectors.sage50.sandbox.lines import line_view, priced
from connectors.sage50.sandbox.listing import envelope
from connectors.sage50.sandbox.refusals import Problems, refuse, unknown_record
from connectors.sage50.sandbox.values import amount, iso, new_id, unwrap, valid_date
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ESTIMATE", "QUOTE", "ROUTES", "Name", "quote_view"]

_MONEY = ("net_amount", "tax_amount", "total_amount")
_PLAIN = ("date", "expiry_date", "reference", "notes")


@dataclass(frozen=True)
class Name:
    """What one country calls it."""

    noun: str
    prefix: str

    @property
    def kind(self) -> str:
        return f"sales_{self.noun}"

    @property
    def path(self) -> str:
        return f"sales_{self.noun}s"

    @property
    def lines(self) -> str:
        return f"{self.noun}_lines"


QUOTE, ESTIMATE = Name("quote", "QU-"), Name("estimate", "ES-")


def quote_view(name: Name) -> Callable[[World, Record], dict[str, Json]]:
    """How one is shown with all its attributes."""

    def view(world: World, quote: Record) -> dict[str, Json]:
        given = quote["input"]
        invoice = world.records.get("sales_invoice", str(quote["invoice_id"]))
        shown = {"id": invoice["id"], "displayed_as": invoice["displayed_as"]} if invoice else None
        return new_id_view(name.path, quote) | {
            f"{name.noun}_number": quote["number"],
            **{field: given.get(field) for field in _PLAIN},
            "contact": contact_link(world.records.get("contact", given["contact_id"])),
            "status": {"id": quote["status"], "displayed_as": QUOTE_STATUSES[quote["status"]]},
            "currency": link(world, "currency", quote["currency_id"]),
            "exchange_rate": amount(quote["exchange_rate"]),
            **{field: amount(quote[field]) for field in _MONEY},
            name.lines: [line_view(world, line) for line in quote["lines"]],
            "invoice": shown and shown | {"$path": f"/sales_invoices/{shown['id']}"},
            "deleted_at": quote.get("deleted_at"),
            "links": [],
        }

    return view


def _summed(world: World, name: Name, body: Record) -> Record:
    """Check a body and work out what is kept of it."""
    problems = Problems(name.kind)
    check_head(world, body | {"status_id": None}, problems)
    if not body.get("expiry_date"):
        problems.add("expiry_date", "can't be blank")
    elif not valid_date(body["expiry_date"]):
        problems.add("expiry_date", "is not a valid date")
    status = body.get("status_id")
    if status is not None and str(status) not in QUOTE_STATUSES:
        problems.add("status_id", "is not allowed here")
    given = body.get(name.lines)
    if not isinstance(given, list) or not given:
        problems.add(name.lines, "can't be blank")
        given = []
    for number, line in enumerate(given):
        if isinstance(line, dict) and line.get("quantity") in (None, ""):
            problems.add(f"{name.lines}[{number}].quantity", "can't be blank")
    lines = priced(world, problems, given, name.lines)
    problems.check()
    return sums_of(world, body, lines, name.lines)


def _made(world: World, name: Name, body: Record) -> Reply:
    summed, now = _summed(world, name, body), iso(world)
    number = str(world.records.next_number(name.kind, 1))
    quote: Record = {
        "id": new_id(),
        "displayed_as": f"{name.prefix}{number}",
        "number": number,
        "created_at": now,
        "updated_at": now,
        "status": str(body.get("status_id") or "PENDING"),
        "invoice_id": None,
    }
    kept = world.records.put(name.kind, quote["id"], quote | summed)
    return Reply(quote_view(name)(world, kept), 201)


def _in_path(world: World, name: Name, request: Request) -> Record:
    quote = world.records.get(name.kind, request.params["key"])
    return quote if quote and not quote.get("deleted_at") else unknown_record()


def _changed(world: World, name: Name, request: Request) -> Reply:
    quote, body = _in_path(world, name, request), unwrap(request, name.kind)
    if quote["invoice_id"]:
        refuse(422, "RecordInvalid", f"The {name.noun} has an invoice and can't be edited", "base")
    merged = quote["input"] | {name.lines: quote["lines"]} | body
    changes: Record = {"updated_at": iso(world), "status": str(body.get("status_id") or quote["status"])}
    kept = world.records.put(name.kind, quote["id"], quote | _summed(world, name, merged) | changes)
    return Reply(quote_view(name)(world, kept))


def _routes(name: Name) -> tuple[Route, ...]:
    path, one = f"/v3.1/{name.path}", f"/v3.1/{name.path}/<key>"
    view = quote_view(name)

    def listed(world: World, request: Request) -> Reply:
        search = request.query("search").lower()
        found = [one for one in dated(world, request, name.kind) if search in _text(world, one)]
        return envelope(world, request, name.path, found, view)

    def create(world: World, request: Request) -> Reply:
        body = unwrap(request, name.kind)
        return once(world, body, lambda: _made(world, name, body))

    def get(world: World, request: Request) -> Reply:
        return Reply(view(world, _in_path(world, name, request)))

    def delete(world: World, request: Request) -> Reply:
        quote, now = _in_path(world, name, request), iso(world)
        world.records.put(name.kind, quote["id"], quote | {"deleted_at": now, "updated_at": now})
        return Reply(status=204)

    return (
        Route("GET", path, listed),
        Route("POST", path, create),
        Route("GET", one, get),
        Route("PUT", one, lambda world, request: _changed(world, name, request)),
        Route("DELETE", one, delete),
    )


def _text(world: World, quote: Record) -> str:
    contact = world.records.get("contact", quote["input"]["contact_id"])
    name = contact["input"]["name"] if contact else ""
    return f"{quote['input'].get('reference') or ''} {name}".lower()


ROUTES = (*_routes(QUOTE), *_routes(ESTIMATE))
