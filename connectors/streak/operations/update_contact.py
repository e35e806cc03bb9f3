"""Change a contact: what is not given stays; lists replace what was there."""

from connectors.sdk.operation import Idempotency, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.streak.contacts import CONTACT_INPUT, CONTACTS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at

OPERATION = Write(
    title="Update a contact",
    help="What is not given stays as it is; a list replaces the whole list. Custom fields go by name.",
    effect="update",
    record="contact",
    input=obj(
        {
            "contact_key": text("Contact key", shortest=1),
            **CONTACT_INPUT,
            "fields": {**obj({}, title="Custom fields", more=True), "x-schema": "contact.fields"},
            "organization_keys": items("Organization keys", text("", shortest=1)),
        },
        required=("contact_key",),
    ),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency("lookup", scope="the contact: it is read back and compared"),
    prepare=lambda call, data, _mark: CONTACTS.to_update(call, data),
    result=lambda _data, response: CONTACTS.saved(response.json),
    far_id=lambda output: str(output["contact_key"]),
    unmarked=lambda request: request.json,
    find=lambda call, request, _mark: CONTACTS.updated(call, request),
    standing=lambda call, far_id: standing_at(call, path_of("v2", "contacts", far_id)),
)
