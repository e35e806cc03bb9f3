"""Delete a customer or supplier."""

from connectors.sage50.parties import CONTACT
from connectors.sage50.records import removal

OPERATION = removal(
    CONTACT, "Delete a contact", help="Sage refuses to delete a contact that has invoices or payments."
)
