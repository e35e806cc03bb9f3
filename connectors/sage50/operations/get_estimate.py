"""Read one sales estimate."""

from connectors.sage50.quotes import ESTIMATE
from connectors.sage50.records import reading

OPERATION = reading(
    ESTIMATE, "Get a sales estimate", help="Its invoice's id is set once it was turned into one."
)
