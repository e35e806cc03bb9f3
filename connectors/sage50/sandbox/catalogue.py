"""What invoices are made of and tests read: businesses, user, ledger accounts, tax rates, currencies, statuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.sage50.sandbox.listing import envelope, reference, since
from connectors.sage50.sandbox.refusals import unknown_record
from connectors.sage50.sandbox.values import amount
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
    "service": "services",
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


def _bank_account(world: World, record: Record) -> dict[str, Json]:
    return new_id_view("bank_accounts", record) | {
        "ledger_account": link(world, "ledger_account", record["ledger_account_id"]),
        "currency": link(world, "currency", record["currency_id"]),
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
    _Shelf("bank_account", "bank_accounts", _bank_account),
    *(
        _Shelf(k, p, _plain(p))
        for k, p in _PATHS.items()
        if k not in ("ledger_account", "tax_rate", "bank_account", "product", "service")
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
        return envelope(world, request, shelf.path, records, shelf.view)

    return listed


def _text(record: Record) -> str:
    names = ("displayed_as", "name", "nominal_code")
    return " ".join(str(record[name]) for name in names if record.get(name)).lower()


def _getter(shelf: _Shelf) -> Callable[[World, Request], Reply]:
    def got(world: World, request: Request) -> Reply:
        return Reply(
            shelf.view(world, world.records.get(shelf.kind, request.params["key"]) or unknown_record())
        )

    return got


ROUTES = (
    *(Route("GET", f"/v3.1/{shelf.path}", _lister(shelf)) for shelf in _SHELVES),
    *(Route("GET", f"/v3.1/{shelf.path}/<key>", _getter(shelf)) for shelf in _SHELVES),
)
