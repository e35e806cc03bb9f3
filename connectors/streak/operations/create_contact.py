"""Create a contact. Custom fields and links follow with “Update a contact”: Streak takes them only there."""

from connectors.sdk.marks import unstamp
from connectors.sdk.operation import Idempotency, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj
from connectors.streak.contacts import CONTACT_INPUT, CONTACTS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at

OPERATION = Write(
    title="Create a contact",
    help="Its notes carry a short mark, by which one whose confirmation was lost is recognised. It is made even if there is one"
    " with the same address: to avoid that, find or create it.",
    effect="create",
    record="contact",
    input=obj(CONTACT_INPUT),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency("marker", scope="the team's contacts"),
    prepare=CONTACTS.to_create,
    result=lambda _data, response: CONTACTS.saved(response.json),
    far_id=lambda output: str(output["contact_key"]),
    unmarked=lambda request: {**request.json, "other": unstamp(request.json["other"])},
    find=CONTACTS.marked,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "contacts", far_id)),
)
