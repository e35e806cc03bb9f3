"""Stock item made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.items import STOCK_ITEM

_ATTRIBUTES = (
    "item_code",
    "description",
    "sales_prices",
    "sales_ledger_account",
    "sales_tax_rate",
    "active",
    "quantity_in_stock",
    "reorder_level",
    "reorder_quantity",
    "cost_price",
)

TRIGGER = kind_trigger(
    "Stock item made or changed",
    STOCK_ITEM,
    Feed(
        "/stock_items",
        _ATTRIBUTES,
        output_of(STOCK_ITEM, "description"),
        name_of,
    ),
    {},
    help="Looks for stock items that were made, changed or deleted.",
)
