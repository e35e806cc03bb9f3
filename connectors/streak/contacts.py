"""Contacts: the people of a team."""

from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.directory import Directory

__all__ = [
    "CONTACT",
    "CONTACTS",
    "CONTACT_INPUT",
    "CONTACT_SAMPLE",
    "SAVED",
    "SAVED_SAMPLE",
    "contact_output",
]

CONTACTS = Directory(
    entity="contact",
    plural="contacts",
    found_in="contacts",
    settings="contactSettings",
    texts={"given_name": "givenName", "family_name": "familyName", "title": "title"},
    lists={"emails": "emailAddresses", "phones": "phoneNumbers", "addresses": "addresses"},
    needed=("given_name", "family_name", "emails"),
)
CONTACT_INPUT: dict[str, Schema] = {
    "given_name": text("Given name"),
    "family_name": text("Family name"),
    "title": text("Job title"),
    "emails": items("E-mail addresses", text("", shortest=3)),
    "phones": items("Phone numbers", text("")),
    "addresses": items("Addresses", text(""), help="Each one free text."),
    "notes": text("Notes"),
}
CONTACT: Schema = obj(
    {
        "key": text("Contact key"),
        "given_name": text("Given name"),
        "family_name": text("Family name"),
        "name": text("Name"),
        "title": text("Job title"),
        "emails": items("E-mail addresses", text("")),
        "email": text("First e-mail address", help="Empty when the contact has none."),
        "phones": items("Phone numbers", text("")),
        "addresses": items("Addresses", text("")),
        "notes": text("Notes"),
        "fields": obj({}, title="Custom fields", more=True),
        "organization_keys": items("Organization keys", text("")),
        "updated_at": timestamp("Saved", type=["string", "null"]),
        "position": text("Position", help="Orders the versions of this contact: the time of its last save."),
    },
    required=("key", "given_name", "family_name", "name", "emails", "email", "phones", "addresses"),
)
CONTACT_SAMPLE: Json = {
    "key": "agxCONT1",
    "given_name": "Bo",
    "family_name": "Lind",
    "name": "Bo Lind",
    "title": "Buyer",
    "emails": ["buyer@acme.test"],
    "email": "buyer@acme.test",
    "phones": ["+49 30 1"],
    "addresses": ["Street 1, Berlin"],
    "notes": "",
    "fields": {"ERP customer no.": "C-10022"},
    "organization_keys": ["agxORG1"],
    "updated_at": "2026-11-21T09:30:00Z",
    "position": "1795253400000",
}
SAVED: Schema = obj(
    {"contact_key": text("Contact key"), "updated_at": timestamp("Saved", type=["string", "null"])},
    required=("contact_key",),
)
SAVED_SAMPLE: Json = {"contact_key": "agxCONT1", "updated_at": "2026-11-21T09:30:00Z"}


def contact_output(call: Call, contact: Json) -> dict[str, Json]:
    """Streak's contact → what `CONTACT` describes. Without a name it goes by its first address."""
    given, family = str(contact.get("givenName") or ""), str(contact.get("familyName") or "")
    emails = [email for raw in contact.get("emailAddresses") or [] if (email := normal_email(str(raw)))]
    return {
        "key": str(contact["key"]),
        "given_name": given,
        "family_name": family,
        "name": " ".join(part for part in (given, family) if part) or (emails[0] if emails else ""),
        "title": str(contact.get("title") or ""),
        "emails": emails,
        "email": emails[0] if emails else "",
        "phones": [str(phone) for phone in contact.get("phoneNumbers") or []],
        "addresses": [str(address) for address in contact.get("addresses") or []],
        **CONTACTS.details(call, contact),
    }
