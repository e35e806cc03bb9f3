"""Change a product."""

from connectors.sage50.items import PRODUCT, changes_of, fields_of
from connectors.sage50.records import change

OPERATION = change(
    PRODUCT,
    "Update a product",
    fields_of(PRODUCT),
    changes_of(PRODUCT),
    help="What is left empty stays as it is; so do its other prices. Switch “Active” off to retire it.",
)
