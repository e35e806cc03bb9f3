"""Make a stock item."""

from connectors.sage50.items import STOCK_ITEM, body_of, fields_of, finder_of
from connectors.sage50.records import make
from connectors.sdk.schema import obj

OPERATION = make(
    STOCK_ITEM,
    "Create a stock item",
    obj(
        fields_of(STOCK_ITEM),
        required=("item_code", "description", "sales_nominal_code", "purchase_nominal_code"),
    ),
    body_of(STOCK_ITEM),
    finder_of(STOCK_ITEM),
    help="The item code is how it is recognised if Sage's answer is lost.",
)
