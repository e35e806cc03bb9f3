"""Service made or changed."""

from connectors.sage50.changes import Feed, kind_trigger, name_of, output_of
from connectors.sage50.items import SERVICE

_ATTRIBUTES = (
    "item_code",
    "description",
    "sales_rates",
    "sales_ledger_account",
    "sales_tax_rate",
    "active",
)

TRIGGER = kind_trigger(
    "Service made or changed",
    SERVICE,
    Feed(
        "/services",
        _ATTRIBUTES,
        output_of(SERVICE, "description"),
        name_of,
    ),
    {},
    help="Looks for services that were made, changed or deleted.",
)
