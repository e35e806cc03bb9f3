"""Read one sales quote."""

from connectors.sage50.quotes import QUOTE
from connectors.sage50.records import reading

OPERATION = reading(QUOTE, "Get a sales quote", help="Its invoice's id is set once it was turned into one.")
