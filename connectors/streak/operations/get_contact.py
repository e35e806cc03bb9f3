"""Read one contact."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.contacts import CONTACT, CONTACT_SAMPLE, CONTACTS, contact_output


def run(call: Call, data: Json) -> Json:
    return contact_output(call, CONTACTS.read(call, data["contact_key"]))


OPERATION = Read(
    title="Get a contact",
    input=obj({"contact_key": text("Contact key", shortest=1)}, required=("contact_key",)),
    output=CONTACT,
    sample=CONTACT_SAMPLE,
    run=run,
)
