"""Sales estimate made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.quotes import ESTIMATE
from connectors.sdk.schema import text

_ATTRIBUTES = (
    "estimate_number",
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
    "Sales estimate made or changed",
    ESTIMATE,
    Feed(
        "/sales_estimates",
        _ATTRIBUTES,
        output_of(ESTIMATE, "total_amount"),
        name_of,
        deletions=False,
    ),
    {"status_id": text("Only with status", help="As Sage calls it; empty for all.")},
    help="Looks for sales estimates that were made or changed. Sage does not tell which were deleted.",
)
