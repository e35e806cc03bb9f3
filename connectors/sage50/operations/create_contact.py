"""Make a customer or supplier, whether or not there is one like it."""

from connectors.sage50.parties import CONTACT, CONTACT_FIELDS, FINDER, body
from connectors.sage50.records import make
from connectors.sdk.schema import obj

OPERATION = make(
    CONTACT,
    "Create a contact",
    obj(CONTACT_FIELDS, required=("name", "types")),
    body,
    FINDER,
    help="For customers, “Find or create a customer” looks first whether there is one.",
)
