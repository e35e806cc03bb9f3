"""Make an sales estimate."""

from connectors.sage50.quotes import ESTIMATE, QUOTE_FIELDS, amount_of, body_of, finder_of
from connectors.sage50.records import make

OPERATION = make(
    ESTIMATE,
    "Create a sales estimate",
    QUOTE_FIELDS,
    body_of(ESTIMATE),
    finder_of(ESTIMATE),
    amount=amount_of,
    help="What Sage calls it in the United States and Canada. There are no sales orders in this API.",
)
