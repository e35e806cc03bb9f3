"""What invoices are made of and tests read: businesses, user, ledger accounts, tax rates, currencies, products, statuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.sage50.sandbox.idempotency import once
from connectors.sage50.sandbox.listing import envelope, reference, since
from connectors.sage50.sandbox.refusals import Problems, unknown_record
from connectors.sage50.sandbox.values import amount, check_known, check_lengths, decimal, iso, new_id, unwrap
from connectors.sdk.sandbox.http import Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["QUOTE_STATUSES", "ROUTES", "STATUSES", "link", "new_id_view"]

STATUSES: Mapping[str, str] = {
    "DRAFT": "Draft",
    "UNPAID": "Unpaid",
    "PART_PAID": "Part paid",
    "PAID": "Paid",
    "VOID": "Void",
    "PRO_FORMA": "Pro forma",
}
QUOTE_STATUSES: Mapping[str, str] = {
    "PENDING": "Pending",
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "INVOICED": "Invoiced",
}
"""The sandbox's own: Sage's are not documented, so that clients read them from what comes back."""

_PATHS = {
    "ledger_account": "ledger_accounts",
    "tax_rate": "tax_rates",
    "currency": "currencies",
    "product": "products",
    "artefact_status": "artefact_statuses",
    "bank_account": "bank_accounts",
    "country": "countries",
    "contact_type": "contact_types",
    "transaction_type": "transaction_types",
}


def link(world: World, kind: str, key: Json) -> Json:
    """A record of the catalogue as others point at it; None when there is none."""
    record = world.records.get(kind, str(key)) if key else None
    return reference(_PATHS[kind], record, record["displayed_as"]) if record else None


def new_id_view(path: str, record: Record) -> dict[str, Json]:
    """What every record starts with when it is shown."""
    shown = {"id": record["id"], "displayed_as": record["displayed_as"], "$path": f"/{path}/{record['id']}"}
    return shown | {name: record[name] for name in ("created_at", "updated_at") if name in record}


def _ledger_account(world: World, record: Record) -> dict[str, Json]:
    kind = record["ledger_account_type_id"]
    return new_id_view("ledger_accounts", record) | {
        "ledger_account_type": {"id": kind, "displayed_as": kind.replace("_", " ").capitalize()},
        "included_in_chart": True,
        "name": record["name"],
        "display_name": record["displayed_as"],
        "nominal_code": record["nominal_code"],
        "tax_rate": link(world, "tax_rate", record["tax_rate_id"]),
        **{f"visible_in_{place}": place in record["visible_in"] for place in _PLACES},
        "is_control_account": False,
    }


_PLACES = ("sales", "banking", "expenses", "journals", "other_payments", "other_receipts", "reporting")


def _tax_rate(_world: World, record: Record) -> dict[str, Json]:
    percentage = amount(record["percentage"])
    return new_id_view("tax_rates", record) | {
        "percentage": percentage,
        "percentages": [{"percentage": percentage, "from_date": "2011-01-04", "to_date": None}],
        "is_visible": True,
        "is_combined_rate": False,
        "component_tax_rates": [],
    }


def _product(world: World, record: Record) -> dict[str, Json]:
    prices = [price | {"price": amount(price["price"])} for price in record["sales_prices"]]
    return new_id_view("products", record) | {
        "description": record["description"],
        "item_code": record["item_code"],
        "sales_ledger_account": link(world, "ledger_account", record["sales_ledger_account_id"]),
        "purchase_ledger_account": link(world, "ledger_account", record["purchase_ledger_account_id"]),
        "sales_tax_rate": link(world, "tax_rate", record["sales_tax_rate_id"]),
        "sales_prices": prices,
        "source_guid": record["source_guid"],
        "active": record["active"],
        "deleted_at": None,
    }


def _plain(path: str) -> Callable[[World, Record], dict[str, Json]]:
    hidden = ("created_at", "updated_at")
    return lambda _world, record: (
        {"$path": f"/{path}/{record['id']}"} | {n: v for n, v in record.items() if n not in hidden}
    )


@dataclass(frozen=True)
class _Shelf:
    """A kind of record that is read by path."""

    kind: str
    path: str
    view: Callable[[World, Record], dict[str, Json]]


_SHELVES = (
    _Shelf("ledger_account", "ledger_accounts", _ledger_account),
    _Shelf("tax_rate", "tax_rates", _tax_rate),
    _Shelf("product", "products", _product),
    *(
        _Shelf(k, p, _plain(p))
        for k, p in _PATHS.items()
        if k not in ("ledger_account", "tax_rate", "product")
    ),
)


def _lister(shelf: _Shelf) -> Callable[[World, Request], Reply]:
    def listed(world: World, request: Request) -> Reply:
        records = since(world.records.all(shelf.kind), request)
        search = request.query("search").lower()
        visible, hidden = request.query("visible_in"), request.query("not_visible_in")
        if search:
            records = [one for one in records if search in _text(one)]
        if shelf.kind == "ledger_account" and (visible or hidden):
            records = [
                one
                for one in records
                if (not visible or visible in one["visible_in"]) and hidden not in one["visible_in"]
            ]
        if shelf.kind == "product" and request.query("active"):
            records = [one for one in records if one["active"] == (request.query("active") == "true")]
        return envelope(world, request, shelf.path, records, shelf.view)

    return listed


def _text(record: Record) -> str:
    names = ("displayed_as", "name", "description", "item_code", "nominal_code")
    return " ".join(str(record[name]) for name in names if record.get(name)).lower()


def _getter(shelf: _Shelf) -> Callable[[World, Request], Reply]:
    def got(world: World, request: Request) -> Reply:
        return Reply(
            shelf.view(world, world.records.get(shelf.kind, request.params["key"]) or unknown_record())
        )

    return got


def create_product(world: World, request: Request) -> Reply:
    body = unwrap(request, "product")
    return once(world, body, lambda: _made(world, body))


def _are_prices(prices: Json) -> bool:
    return isinstance(prices, list) and all(
        isinstance(price, dict) and decimal(price.get("price")) is not None for price in prices
    )


def _made(world: World, body: Record) -> Reply:
    problems = Problems("product")
    for name in ("description", "sales_ledger_account_id", "purchase_ledger_account_id"):
        if not body.get(name):
            problems.add(name, "can't be blank")
    check_lengths(problems, body, {"item_code": 255, "source_guid": 255})
    accounts = dict.fromkeys(("sales_ledger_account_id", "purchase_ledger_account_id"), "ledger_account")
    check_known(world, problems, body, accounts | {"sales_tax_rate_id": "tax_rate"})
    if not _are_prices(body.get("sales_prices") or []):
        problems.add("sales_prices", "is not a number")
    problems.check()
    now, key = iso(world), new_id()
    record: Record = {
        "id": key,
        "displayed_as": f"{body['description']} ({body['item_code']})"
        if body.get("item_code")
        else body["description"],
        "created_at": now,
        "updated_at": now,
        "description": body["description"],
        "item_code": body.get("item_code"),
        "sales_ledger_account_id": body["sales_ledger_account_id"],
        "purchase_ledger_account_id": body["purchase_ledger_account_id"],
        "sales_tax_rate_id": body.get("sales_tax_rate_id"),
        "sales_prices": [price | {"price": str(price["price"])} for price in body.get("sales_prices") or []],
        "source_guid": body.get("source_guid"),
        "active": body.get("active", True),
    }
    return Reply(_product(world, world.records.put("product", key, record)), 201)


ROUTES = (
    *(Route("GET", f"/v3.1/{shelf.path}", _lister(shelf)) for shelf in _SHELVES),
    *(Route("GET", f"/v3.1/{shelf.path}/<key>", _getter(shelf)) for shelf in _SHELVES),
    Route("POST", "/v3.1/products", create_product),
)
