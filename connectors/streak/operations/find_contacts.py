"""Find contacts by e-mail address."""

from connectors.sdk.errors import Data
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.contacts import CONTACT, CONTACT_SAMPLE, CONTACTS, contact_output


def run(call: Call, data: Json) -> Json:
    email = normal_email(data["email"])
    if not email:
        raise Data(f"“{data['email']}” is not an e-mail address.", code="not_an_email", pointer="/email")
    found = (contact_output(call, one) for one in CONTACTS.searched(call, email))
    return {"contacts": [one for one in found if email in one["emails"]]}


OPERATION = Read(
    title="Find contacts by e-mail",
    help="Searches Streak's index, so a contact made a moment ago may be missing.",
    input=obj({"email": text("E-mail", shortest=3)}, required=("email",)),
    output=obj({"contacts": items("Contacts", CONTACT)}, required=("contacts",)),
    sample={"contacts": [CONTACT_SAMPLE]},
    run=run,
)
