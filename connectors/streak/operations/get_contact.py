"""Read one contact."""

from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    contact = call.get(path_of("v2", "contacts", data["contact_key"]))
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
    }


OPERATION = Read(
    title="Get a contact",
    input=obj({"contact_key": text("Contact key", shortest=1)}, required=("contact_key",)),
    output=obj(
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
        },
        required=("key", "given_name", "family_name", "name", "emails", "email", "phones", "addresses"),
    ),
    sample={
        "key": "agxCONT1",
        "given_name": "Bo",
        "family_name": "Lind",
        "name": "Bo Lind",
        "title": "Buyer",
        "emails": ["buyer@acme.test"],
        "email": "buyer@acme.test",
        "phones": ["+49 30 1"],
        "addresses": ["Street 1, Berlin"],
    },
    run=run,
)
