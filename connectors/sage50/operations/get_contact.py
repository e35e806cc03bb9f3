"""Read one contact."""

from connectors.sage50.parties import CONTACT
from connectors.sage50.records import reading

OPERATION = reading(CONTACT, "Get a contact")
