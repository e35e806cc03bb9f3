"""Change a stock item."""

from connectors.sage50.items import STOCK_ITEM, changes_of, fields_of
from connectors.sage50.records import change

OPERATION = change(
    STOCK_ITEM,
    "Update a stock item",
    fields_of(STOCK_ITEM),
    changes_of(STOCK_ITEM),
    help="What is left empty stays as it is; so do its other prices. Switch “Active” off to retire it.",
)
