"""List the contacts of the team, however many."""

from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import items, obj, timestamp
from connectors.sdk.wire import Json
from connectors.streak.contacts import CONTACT, CONTACT_SAMPLE, CONTACTS, contact_output


def read(call: Call, data: Json, at: Json) -> Portion:
    found, following = CONTACTS.portion(call, data.get("updated_since"), at)
    return Portion([contact_output(call, one) for one in found], following)


PAGES = Pages("contacts", read)

OPERATION = Read(
    title="List contacts",
    input=obj(
        {
            "updated_since": timestamp("Saved since", help="To the second."),
        }
    ),
    output=obj({"contacts": items("Contacts", CONTACT)}, required=("contacts",)),
    sample={"contacts": [CONTACT_SAMPLE]},
    run=PAGES.all,
    pages=PAGES,
)
