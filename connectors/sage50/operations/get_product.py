"""Read one product."""

from connectors.sage50.items import PRODUCT
from connectors.sage50.records import reading

OPERATION = reading(PRODUCT, "Get a product")
