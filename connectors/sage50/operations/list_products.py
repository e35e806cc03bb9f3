"""List the products of the business."""

from connectors.sage50.client import page
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import boolean, items, obj, text
from connectors.sdk.wire import Json


def read(call: Call, data: Json, at: Json) -> Portion:
    query: dict[str, Json] = {"nested_attributes": "all"}
    if data.get("search"):
        query["search"] = data["search"]
    if data.get("active_only", True):
        query["active"] = True
    found = page(call, "/products", query, at)
    return Portion([_output(one) for one in found.items], found.following)


def _output(product: Json) -> Json:
    prices = product.get("sales_prices") or []
    price = prices[0].get("price") if prices else None
    return {
        "id": str(product["id"]),
        "item_code": str(product.get("item_code") or ""),
        "description": str(product.get("description") or product.get("displayed_as") or ""),
        "sales_price": "" if price is None else decimal_text(price, places=2),
        "sales_ledger_account_id": _id(product.get("sales_ledger_account")),
        "sales_tax_rate_id": _id(product.get("sales_tax_rate")),
    }


def _id(value: Json) -> str:
    return str(value.get("id") or "") if isinstance(value, dict) else ""


PAGES = Pages("products", read)
OPERATION = Read(
    title="List products",
    input=obj(
        {
            "search": text("Search", help="A part of the item code or description."),
            "active_only": boolean("Active ones only", default=True),
        }
    ),
    output=obj(
        {
            "products": items(
                "Products",
                obj(
                    {
                        "id": text("Id"),
                        "item_code": text("Item code"),
                        "description": text("Description"),
                        "sales_price": text("Sales price", help="A decimal; empty when there is none."),
                        "sales_ledger_account_id": text("Sales ledger account"),
                        "sales_tax_rate_id": text("Sales tax rate"),
                    },
                    required=("id", "item_code", "description", "sales_price"),
                ),
            )
        },
        required=("products",),
    ),
    sample={
        "products": [
            {
                "id": "d1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
                "item_code": "CHAIR-01",
                "description": "Office chair",
                "sales_price": "30.095",
                "sales_ledger_account_id": "c1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
                "sales_tax_rate_id": "GB_STANDARD",
            }
        ]
    },
    run=PAGES.all,
    pages=PAGES,
)
