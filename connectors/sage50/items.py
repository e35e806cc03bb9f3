"""What a business sells: products, services and stock items as flows see them, and as Sage takes them."""

from collections.abc import Callable

from connectors.sage50.ledger import account_id
from connectors.sage50.records import Finder, Kind, id_of, matching
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import boolean, decimal, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["FILTERS", "PRODUCT", "SERVICE", "STOCK_ITEM", "body_of", "changes_of", "fields_of", "finder_of"]

FILTERS: dict[str, tuple[str, Schema]] = {
    "search": ("search", text("Search", help="A part of the item code or description.")),
    "active_only": ("active", boolean("Active ones only", default=True)),
}
_PRICES = {"product": "sales_prices", "stock_item": "sales_prices", "service": "sales_rates"}
_PRICE = {"product": "price", "stock_item": "price", "service": "rate"}
_PRICE_TYPE = {
    "product": "product_sales_price_type",
    "stock_item": "product_sales_price_type",
    "service": "service_rate_type",
}
_STOCK = ("quantity_in_stock", "reorder_level", "reorder_quantity", "cost_price")
_PLAIN = ("item_code", "description", "active")


def _known(name: str, value: Json) -> dict[str, Json]:
    return {} if value is None else {name: decimal_text(value)}


def _output(name: str) -> Callable[[Json], Json]:
    """Amounts that Sage doesn't give are left out."""

    def output(item: Json) -> Json:
        prices = item.get(_PRICES[name]) or []
        price = prices[0].get(_PRICE[name]) if prices else None
        stock = _STOCK if name == "stock_item" else ()
        return {
            "id": str(item["id"]),
            "item_code": str(item.get("item_code") or ""),
            "description": str(item.get("description") or item.get("displayed_as") or ""),
            **({} if price is None else {"sales_price": decimal_text(price, places=2)}),
            "sales_ledger_account_id": id_of(item.get("sales_ledger_account")),
            "sales_tax_rate_id": id_of(item.get("sales_tax_rate")),
            "active": bool(item.get("active", True)),
            **{key: value for field in stock for key, value in _known(field, item.get(field)).items()},
        }

    return output


_SCHEMA: dict[str, Schema] = {
    "id": text("Id"),
    "item_code": text("Item code"),
    "description": text("Description"),
    "sales_price": decimal("Sales price"),
    "sales_ledger_account_id": text("Sales ledger account"),
    "sales_tax_rate_id": text("Sales tax rate"),
    "active": boolean("Active"),
}
_STOCK_FIELDS: dict[str, Schema] = {
    "quantity_in_stock": decimal("Quantity in stock"),
    "reorder_level": decimal("Reorder level"),
    "reorder_quantity": decimal("Reorder quantity"),
    "cost_price": decimal("Cost price"),
}
_SAMPLE: dict[str, Json] = {
    "id": "d1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
    "item_code": "CHAIR-01",
    "description": "Office chair",
    "sales_price": "30.095",
    "sales_ledger_account_id": "c1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
    "sales_tax_rate_id": "GB_STANDARD",
    "active": True,
}
_STOCK_SAMPLE = {
    "quantity_in_stock": "24",
    "reorder_level": "10",
    "reorder_quantity": "20",
    "cost_price": "18.40",
}


def _kind(name: str, path: str, more: dict[str, Schema], sample: dict[str, Json]) -> Kind:
    return Kind(
        path=path,
        name=name,
        noun=name.replace("_", " "),
        key=f"{name}_id",
        plural=path,
        schema=obj({**_SCHEMA, **more}, required=("id", "item_code", "description", "active")),
        output=_output(name),
        sample={**_SAMPLE, **sample},
    )


PRODUCT = _kind("product", "products", {}, {})
SERVICE = _kind("service", "services", {}, {})
STOCK_ITEM = _kind("stock_item", "stock_items", _STOCK_FIELDS, _STOCK_SAMPLE)


def fields_of(kind: Kind) -> dict[str, Schema]:
    """What can be said of an item."""
    longest = 30 if kind is STOCK_ITEM else 255
    nominal = "The ledger account, such as 4000."
    fields = {
        "item_code": text("Item code", shortest=1, longest=longest),
        "description": text("Description", shortest=1),
        "sales_nominal_code": text(
            "Sales nominal code", help=nominal, shortest=1, x_options="ledger_accounts"
        ),
        "sales_price": decimal("Sales price", help="Without tax, in the business's own currency."),
        "sales_tax_rate_id": text("Sales tax rate", help="Such as GB_STANDARD.", x_options="tax_rates"),
        "active": boolean("Active"),
    }
    if kind is not SERVICE:
        bought = text("Purchase nominal code", help=nominal, shortest=1, x_options="ledger_accounts")
        fields["purchase_nominal_code"] = bought
    if kind is STOCK_ITEM:
        fields |= {name: _STOCK_FIELDS[name] for name in ("reorder_level", "reorder_quantity", "cost_price")}
    return fields


def body_of(kind: Kind) -> Callable[[Call, Json, Mark], dict[str, Json]]:
    """What is sent of a new item."""
    return lambda call, data, _mark: _body(call, kind, data)


def changes_of(kind: Kind) -> Callable[[Call, Json, Json], dict[str, Json]]:
    """What is sent of a changed one: what was given. Its other prices stay."""

    def changes(call: Call, data: Json, now: Json) -> dict[str, Json]:
        sent = _body(call, kind, data)
        name = _PRICES[kind.name]
        if name in sent:
            first, *rest = [_as_sent(kind, price) for price in now.get(name) or [{}]]
            sent[name] = [{**sent[name][0], **first, _PRICE[kind.name]: data["sales_price"]}, *rest]
        return sent

    return changes


def _as_sent(kind: Kind, price: Json) -> dict[str, Json]:
    """A price as Sage gave it, as Sage takes it."""
    word, which = _PRICE[kind.name], _PRICE_TYPE[kind.name]
    plain = {name: price[name] for name in ("id", f"{word}_name", f"{word}_includes_tax") if name in price}
    typed = {f"{which}_id": id_of(price[which])} if id_of(price.get(which)) else {}
    return {**plain, **typed, **_known(word, price.get(word))}


def _body(call: Call, kind: Kind, data: Json) -> dict[str, Json]:
    plain = (*_PLAIN, "sales_tax_rate_id", "reorder_level", "reorder_quantity", "cost_price")
    sent: dict[str, Json] = {name: data[name] for name in plain if name in data}
    for side in ("sales", "purchase"):
        code = data.get(f"{side}_nominal_code")
        if code:
            sent[f"{side}_ledger_account_id"] = account_id(call, code, f"/{side}_nominal_code")
    if data.get("sales_price"):
        sent[_PRICES[kind.name]] = [_price(kind, data["sales_price"])]
    return sent


def _price(kind: Kind, value: str) -> dict[str, Json]:
    word = _PRICE[kind.name]
    return {f"{word}_name": f"Sales {word}", word: value, f"{word}_includes_tax": False}


def finder_of(kind: Kind) -> Finder:
    return matching(
        kind,
        f"the {kind.noun} with this item code and description",
        lambda sent: {"search": sent["item_code"]},
        ("item_code", "description"),
    )
