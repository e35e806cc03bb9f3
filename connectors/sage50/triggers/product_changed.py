"""Product made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.items import PRODUCT

_ATTRIBUTES = (
    "item_code",
    "description",
    "sales_prices",
    "sales_ledger_account",
    "sales_tax_rate",
    "active",
)

TRIGGER = kind_trigger(
    "Product made or changed",
    PRODUCT,
    Feed(
        "/products",
        _ATTRIBUTES,
        output_of(PRODUCT, "description"),
        name_of,
    ),
    {},
    help="Looks for products that were made, changed or deleted.",
)
