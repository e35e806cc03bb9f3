"""What is sold: products, services and stock items, made, changed and deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

__all__ = ["ROUTES", "WARES", "item_view"]

_AMOUNTS = ("quantity_in_stock", "reorder_level", "reorder_quantity", "cost_price")
_TEXTS = ("description", "item_code", "source_guid", "notes")
_LINKS = {
    "sales_ledger_account_id": "ledger_account",
    "purchase_ledger_account_id": "ledger_account",
    "sales_tax_rate_id": "tax_rate",
    "purchase_tax_rate_id": "tax_rate",
}


@dataclass(frozen=True)
class Ware:
    """One kind of item: what it must have, and what its prices are called."""

    kind: str
    required: tuple[str, ...]
    prices: str = "sales_prices"
    price: str = "price"
    longest_code: int = 255

    @property
    def path(self) -> str:
        return f"{self.kind}s"


_BOTH = ("description", "sales_ledger_account_id", "purchase_ledger_account_id")
_WARES = (
    Ware("product", _BOTH),
    Ware("service", ("description", "sales_ledger_account_id"), "sales_rates", "rate"),
    Ware("stock_item", ("item_code", *_BOTH), longest_code=30),
)


def item_view(ware: Ware) -> Callable[[World, Record], dict[str, Json]]:
    """How an item is shown with all its attributes."""

    def view(world: World, record: Record) -> dict[str, Json]:
        prices = [one | {ware.price: amount(one[ware.price])} for one in record.get(ware.prices) or []]
        stock = _AMOUNTS if ware.kind == "stock_item" else ("cost_price",)
        return new_id_view(ware.path, record) | {
            **{name: record.get(name) for name in _TEXTS},
            **{
                name.removesuffix("_id"): link(world, kind, record.get(name)) for name, kind in _LINKS.items()
            },
            ware.prices: prices,
            **{name: None if record.get(name) is None else amount(record[name]) for name in stock},
            "active": record["active"],
            "deleted_at": record.get("deleted_at"),
        }

    return view


def _are_prices(ware: Ware, prices: Json) -> bool:
    return isinstance(prices, list) and all(
        isinstance(one, dict) and decimal(one.get(ware.price)) is not None for one in prices
    )


def _check(world: World, ware: Ware, body: Record) -> None:
    problems = Problems(ware.kind)
    for name in ware.required:
        if not body.get(name):
            problems.add(name, "can't be blank")
    check_lengths(problems, body, {"item_code": ware.longest_code, "source_guid": 255})
    check_known(world, problems, body, _LINKS)
    if not _are_prices(ware, body.get(ware.prices) or []):
        problems.add(ware.prices, "is not a number")
    for name in _AMOUNTS:
        if body.get(name) is not None and decimal(body[name]) is None:
            problems.add(name, "is not a number")
    code = str(body.get("item_code") or "")
    twins = [one for one in world.records.all(ware.kind) if code and one["item_code"] == code]
    if any(one["id"] != body.get("id") and not one.get("deleted_at") for one in twins):
        problems.add("item_code", "has already been taken")
    problems.check()


def _kept(world: World, ware: Ware, body: Record) -> Record:
    code = body.get("item_code")
    shown = f"{body['description']} ({code})" if code else str(body["description"])
    prices = [one | {ware.price: str(one[ware.price])} for one in body.get(ware.prices) or []]
    return {
        "displayed_as": shown,
        "updated_at": iso(world),
        **{name: _plain(body.get(name)) for name in (*_TEXTS, *_LINKS, *_AMOUNTS)},
        ware.prices: [{name: _plain(value) for name, value in one.items()} for one in prices],
        "active": bool(body.get("active", True)),
    }


def _plain(value: Json) -> Json:
    return str(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


def _made(world: World, ware: Ware, body: Record) -> Reply:
    _check(world, ware, {**body, "id": None})
    start: Record = {"id": new_id(), "created_at": iso(world)}
    record = world.records.put(ware.kind, start["id"], start | _kept(world, ware, body))
    return Reply(item_view(ware)(world, record), 201)


def _in_path(world: World, ware: Ware, request: Request) -> Record:
    record = world.records.get(ware.kind, request.params["key"])
    return record if record and not record.get("deleted_at") else unknown_record()


def _changed(world: World, ware: Ware, request: Request) -> Reply:
    record, body = _in_path(world, ware, request), unwrap(request, ware.kind)
    merged = record | body | {"id": record["id"]}
    _check(world, ware, merged)
    kept = world.records.put(ware.kind, record["id"], record | _kept(world, ware, merged))
    return Reply(item_view(ware)(world, kept))


def _deleted(world: World, ware: Ware, request: Request) -> Reply:
    record, now = _in_path(world, ware, request), iso(world)
    sold = (one for one in world.records.all("sales_invoice") if _sells(one, record["id"]))
    if any(sold):
        refuse(422, "RecordInvalid", "The item has been sold and can't be deleted", "base")
    world.records.put(ware.kind, record["id"], record | {"deleted_at": now, "updated_at": now})
    return Reply(status=204)


def _sells(invoice: Record, key: str) -> bool:
    return any(key in (line["product_id"], line["service_id"]) for line in invoice["lines"])


def _listed(world: World, ware: Ware, request: Request) -> Reply:
    search, active = request.query("search").lower(), request.query("active")
    found = [
        one
        for one in since(world.records.all(ware.kind), request)
        if search in f"{one['item_code'] or ''} {one['description']}".lower()
        and (not active or one["active"] == (active == "true"))
    ]
    return envelope(world, request, ware.path, found, item_view(ware))


_Handler = Callable[[World, Request], Reply]


def _routes(ware: Ware) -> tuple[Route, ...]:
    path, one, view = f"/v3.1/{ware.path}", f"/v3.1/{ware.path}/<key>", item_view(ware)

    def create(world: World, request: Request) -> Reply:
        body = unwrap(request, ware.kind)
        return once(world, body, lambda: _made(world, ware, body))

    def bound(handler: Callable[[World, Ware, Request], Reply]) -> _Handler:
        return lambda world, request: handler(world, ware, request)

    return (
        Route("GET", path, bound(_listed)),
        Route("POST", path, create),
        Route("GET", one, lambda world, request: Reply(view(world, _in_path(world, ware, request)))),
        Route("PUT", one, bound(_changed)),
        Route("DELETE", one, bound(_deleted)),
    )


WARES: Mapping[str, Ware] = {ware.kind: ware for ware in _WARES}
ROUTES = tuple(route for ware in _WARES for route in _routes(ware))
