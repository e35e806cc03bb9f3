"""List the services of the business."""

from connectors.sage50.items import FILTERS, SERVICE
from connectors.sage50.records import listing

OPERATION = listing(SERVICE, "List services", FILTERS)
