"""Read one allocation."""

from connectors.sage50.receipts import ALLOCATION
from connectors.sage50.records import reading

OPERATION = reading(ALLOCATION, "Get an allocation")
