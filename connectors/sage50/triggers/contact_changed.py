"""A customer or supplier was made, changed or deleted."""

from connectors.sage50.changes import Feed, changes_trigger
from connectors.sdk.schema import boolean, choice, obj, text, timestamp
from connectors.sdk.wire import Json

_ATTRIBUTES = (
    "name",
    "reference",
    "email",
    "source_guid",
    "contact_types",
    "currency",
    "main_address",
    "main_contact_person",
)


def output(contact: Json) -> Json:
    person, address = contact.get("main_contact_person") or {}, contact.get("main_address") or {}
    return {
        "id": str(contact["id"]),
        "name": str(contact.get("name") or contact.get("displayed_as") or ""),
        "reference": str(contact.get("reference") or ""),
        "email": str(contact.get("email") or person.get("email") or ""),
        "company_key": str(contact.get("source_guid") or ""),
        "types": [str(one.get("id") or "") for one in contact.get("contact_types") or []],
        "currency": str((contact.get("currency") or {}).get("id") or ""),
        "country": str((address.get("country") or {}).get("id") or ""),
        "updated_at": contact.get("deleted_at") or contact.get("updated_at"),
    }


TRIGGER = changes_trigger(
    "Contact made or changed",
    Feed(
        "/contacts",
        _ATTRIBUTES,
        output,
        lambda contact: str(contact.get("displayed_as") or contact["id"]),
    ),
    help="Looks for customers and suppliers that were made, changed or deleted.",
    config=obj(
        {
            "contact_type_id": choice("Only", ["CUSTOMER", "VENDOR"], help="Empty for both."),
            "deletions": boolean("Also deletions", default=True),
        }
    ),
    output=obj(
        {
            "id": text("Contact id"),
            "name": text("Name"),
            "reference": text("Reference"),
            "email": text("E-mail"),
            "company_key": text(
                "Company key", help="The key of the other system, kept in Sage's source_guid."
            ),
            "types": {"title": "Types", "type": "array", "items": {"type": "string"}},
            "currency": text("Currency"),
            "country": text("Country"),
            "updated_at": timestamp("Changed", type=["string", "null"]),
            "deleted": boolean("Deleted"),
        },
        required=("id", "name", "deleted"),
    ),
    sample={
        "id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "name": "Larch & Co",
        "reference": "LARCH01",
        "email": "ida@larch.example",
        "company_key": "agxORG1",
        "types": ["CUSTOMER"],
        "currency": "GBP",
        "country": "GB",
        "updated_at": "2026-11-21T09:30:10Z",
        "deleted": False,
    },
)
