"""Read one receipt."""

from connectors.sage50.receipts import RECEIPT
from connectors.sage50.records import reading

OPERATION = reading(RECEIPT, "Get a receipt")
