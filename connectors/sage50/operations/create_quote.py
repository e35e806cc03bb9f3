"""Make a sales quote."""

from connectors.sage50.quotes import QUOTE, QUOTE_FIELDS, amount_of, body_of, finder_of
from connectors.sage50.records import make

OPERATION = make(
    QUOTE,
    "Create a sales quote",
    QUOTE_FIELDS,
    body_of(QUOTE),
    finder_of(QUOTE),
    amount=amount_of,
    help="What Sage calls it in the United Kingdom and Ireland. There are no sales orders in this API.",
)
