"""Change a service."""

from connectors.sage50.items import SERVICE, changes_of, fields_of
from connectors.sage50.records import change

OPERATION = change(
    SERVICE,
    "Update a service",
    fields_of(SERVICE),
    changes_of(SERVICE),
    help="What is left empty stays as it is; so do its other prices. Switch “Active” off to retire it.",
)
