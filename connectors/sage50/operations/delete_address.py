"""Delete an address."""

from connectors.sage50.addresses import ADDRESS
from connectors.sage50.records import removal

OPERATION = removal(
    ADDRESS, "Delete an address", help="A contact's main address stays: add another main one first."
)
