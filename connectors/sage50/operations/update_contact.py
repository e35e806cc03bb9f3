"""Change a customer or supplier."""

from connectors.sage50.parties import CONTACT, CONTACT_FIELDS, changes
from connectors.sage50.records import change

OPERATION = change(CONTACT, "Update a contact", CONTACT_FIELDS, changes)
