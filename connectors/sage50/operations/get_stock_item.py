"""Read one stock item."""

from connectors.sage50.items import STOCK_ITEM
from connectors.sage50.records import reading

OPERATION = reading(STOCK_ITEM, "Get a stock item")
