"""List customers and suppliers."""

from connectors.sage50.parties import CONTACT
from connectors.sage50.records import listing
from connectors.sdk.schema import choice, text

OPERATION = listing(
    CONTACT,
    "List contacts",
    {
        "type": ("contact_type_id", choice("Only", ["CUSTOMER", "VENDOR"], help="Empty for both.")),
        "search": ("search", text("Search", help="A part of the name, company or reference.")),
        "email": ("email", text("E-mail")),
    },
)
