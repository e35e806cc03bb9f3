"""Sales quote made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.quotes import QUOTE
from connectors.sdk.schema import text

_ATTRIBUTES = (
    "quote_number",
    "status",
    "contact",
    "date",
    "expiry_date",
    "reference",
    "net_amount",
    "tax_amount",
    "total_amount",
    "currency",
    "invoice",
)

TRIGGER = kind_trigger(
    "Sales quote made or changed",
    QUOTE,
    Feed(
        "/sales_quotes",
        _ATTRIBUTES,
        output_of(QUOTE, "total_amount"),
        name_of,
        query={"sort": "updated_at:asc"},
        deletions=False,
    ),
    {"status_id": text("Only with status", help="As Sage calls it; empty for all.")},
    help="Looks for sales quotes that were made or changed. Sage does not tell which were deleted.",
)
