"""List the stock items of the business."""

from connectors.sage50.items import FILTERS, STOCK_ITEM
from connectors.sage50.records import listing

OPERATION = listing(STOCK_ITEM, "List stock items", FILTERS)
