"""Fills empty books with a company: business, chart of accounts, tax rates, products, customers, a few invoices."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from connectors.sage50.sandbox.catalogue import STATUSES
from connectors.sage50.sandbox.contacts import new_contact
from connectors.sage50.sandbox.invoices import new_invoice
from connectors.sage50.sandbox.oauth import seed_client
from connectors.sage50.sandbox.payments import TYPES
from connectors.sage50.sandbox.values import iso, new_id, round2
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["seed"]

_FORGOTTEN = (
    "account",
    "business",
    "user",
    "currency",
    "country",
    "contact_type",
    "artefact_status",
    "tax_rate",
    "ledger_account",
    "bank_account",
    "product",
    "service",
    "stock_item",
    "contact",
    "address",
    "attachment",
    "sales_invoice",
    "sales_credit_note",
    "contact_payment",
    "contact_allocation",
    "on_account",
    "sales_quote",
    "sales_estimate",
    "transaction_type",
    "idempotency",
    "code",
    "sequence",
)
_VISIBLE = {
    "SALES": ["sales", "reporting", "journals", "other_receipts"],
    "OTHER_INCOME": ["sales", "reporting"],
}


def seed(world: World, company: str) -> None:
    """Put the company's books in place of what is there, under a new business id. Tokens stay good."""
    path = Path(__file__).parent / "companies" / f"{company}.json"
    if not path.is_file():
        raise ValueError(f"There is no company called {company!r}.")
    data = json.loads(path.read_text(encoding="utf-8"))
    for kind in _FORGOTTEN:
        world.records.clear(kind)
    seed_client(world)
    _business(world, data)
    _plain(world, data)
    accounts = _accounts(world, data)
    products = _products(world, data, accounts)
    contacts = {body["reference"]: new_contact(world, body)["id"] for body in data["contacts"]}
    for invoice in data["invoices"]:
        new_invoice(world, _invoice(world, invoice, contacts, products))


def _business(world: World, data: Json) -> None:
    key, user = new_id(), new_id()
    name = data["business"]["name"]
    shown = {"id": key, "displayed_as": name, "$path": f"/businesses/{key}"}
    world.records.put("business", key, shown | data["business"])
    world.records.put("user", user, {"id": user, "$path": "/user"} | data["user"])
    world.records.put("account", "business", {"id": key, "name": name})


def _plain(world: World, data: Json) -> None:
    now = {"created_at": iso(world), "updated_at": iso(world)}
    for kind, rows in (("country", data["countries"]), ("contact_type", data["contact_types"])):
        for key, shown in rows:
            world.records.put(kind, key, {"id": key, "displayed_as": shown} | now)
    for key, shown, rate in data["currencies"]:
        world.records.put("currency", key, {"id": key, "displayed_as": shown, "exchange_rate": rate} | now)
    for key, shown in STATUSES.items():
        world.records.put("artefact_status", key, {"id": key, "displayed_as": shown} | now)
    for key, shown in TYPES.items():
        world.records.put("transaction_type", key, {"id": key, "displayed_as": shown} | now)
    for key, shown, percentage in data["tax_rates"]:
        world.records.put("tax_rate", key, {"id": key, "displayed_as": shown, "percentage": percentage} | now)


def _accounts(world: World, data: Json) -> dict[int, str]:
    """Ledger account ids by nominal code."""
    ids = {}
    for code, name, kind, rate in data["ledger_accounts"]:
        ids[code] = new_id()
        record = {
            "id": ids[code],
            "displayed_as": f"{name} ({code})",
            "created_at": iso(world),
            "updated_at": iso(world),
            "name": name,
            "nominal_code": code,
            "ledger_account_type_id": kind,
            "tax_rate_id": rate,
            "visible_in": _VISIBLE.get(kind, ["reporting", "journals"]),
        }
        world.records.put("ledger_account", ids[code], record)
    for shown, code in data["bank_accounts"]:
        bank = {"id": new_id(), "displayed_as": shown, "ledger_account_id": ids[code], "currency_id": "GBP"}
        world.records.put(
            "bank_account", bank["id"], bank | {"created_at": iso(world), "updated_at": iso(world)}
        )
    return ids


def _products(world: World, data: Json, accounts: dict[int, str]) -> dict[str, Json]:
    """Products by item code, with price and tax rate; beside them what is sold as services and from stock."""
    for row in data["services"]:
        rate = {"rate_name": "Sales rate", "rate": row[3], "rate_includes_tax": False}
        _item(world, "service", row, accounts, {"sales_rates": [rate], "purchase_ledger_account_id": None})
    stock = {"quantity_in_stock": "40", "reorder_level": "10", "reorder_quantity": "20", "cost_price": None}
    for row in data["stock_items"]:
        _item(world, "stock_item", row, accounts, stock)
    return {row[0]: _item(world, "product", row, accounts, {}) for row in data["products"]}


def _item(world: World, kind: str, row: Json, accounts: dict[int, str], more: Record) -> Record:
    code, description, nominal, price, rate = row
    record: Record = {
        "id": new_id(),
        "displayed_as": f"{description} ({code})",
        "created_at": iso(world),
        "updated_at": iso(world),
        "description": description,
        "item_code": code,
        "sales_ledger_account_id": accounts[nominal],
        "purchase_ledger_account_id": accounts[5000],
        "sales_tax_rate_id": rate,
        "sales_prices": [{"price_name": "Sales price", "price": price, "price_includes_tax": False}],
        "source_guid": None,
        "active": True,
    }
    return world.records.put(kind, str(record["id"]), record | more)


def _invoice(world: World, invoice: Json, contacts: dict[str, str], products: dict[str, Json]) -> Json:
    day = world.clock.now().date() + timedelta(days=invoice["days"])
    lines = []
    for code, quantity in invoice["lines"]:
        product = products[code]
        price = product["sales_prices"][0]["price"]
        rate = world.records.get("tax_rate", product["sales_tax_rate_id"]) or {"percentage": "0"}
        tax = round2(Decimal(quantity) * Decimal(price) * Decimal(rate["percentage"]) / 100)
        line = {"description": product["description"], "quantity": quantity, "unit_price": price}
        line |= {"ledger_account_id": product["sales_ledger_account_id"], "product_id": product["id"]}
        lines.append(line | {"tax_rate_id": product["sales_tax_rate_id"], "tax_amount": str(tax)})
    return {
        "contact_id": contacts[invoice["contact"]],
        "date": day.isoformat(),
        "due_date": (day + timedelta(days=30)).isoformat(),
        "reference": invoice["reference"],
        "invoice_lines": lines,
    }
