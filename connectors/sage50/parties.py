"""Contacts, customers and suppliers alike, as flows see them and as Sage takes them."""

from connectors.sage50.contacts import email_of
from connectors.sage50.records import Finder, Kind, id_of, marked
from connectors.sdk.marks import restamp, stamp
from connectors.sdk.names import normal_email
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import choice, decimal, integer, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["ADDRESS_FIELDS", "CONTACT", "CONTACT_FIELDS", "FINDER", "address_body", "body", "changes"]

_ADDRESS = {
    "address_line_1": "line1",
    "address_line_2": "line2",
    "city": "city",
    "region": "region",
    "postal_code": "postal_code",
    "country_id": "country",
}
_NEW_ADDRESS = {"address_type_id": "DELIVERY", "is_main_address": True}
ADDRESS_FIELDS: dict[str, Schema] = {
    "line1": text("Address line 1", longest=50),
    "line2": text("Address line 2", longest=50),
    "city": text("City", longest=50),
    "region": text("Region", longest=50),
    "postal_code": text("Postal code", longest=10),
    "country": text("Country", help="Two letters, such as GB.", longest=2),
}
_TYPES = items("Types", choice("Type", ["CUSTOMER", "VENDOR"]), minItems=1, uniqueItems=True)
CONTACT_FIELDS: dict[str, Schema] = {
    "name": text("Name", shortest=1, longest=100),
    "types": _TYPES,
    "reference": text("Reference", longest=10),
    "email": text("E-mail", longest=100),
    "contact_name": text("Contact person", longest=50),
    "phone": text("Phone", longest=50),
    "company_key": text("Company key", help="The key of the other system, kept in Sage.", longest=255),
    "tax_number": text("Tax number"),
    "currency": text("Currency", help="Three letters, such as GBP.", longest=3),
    "credit_limit": decimal("Credit limit", currency="/currency"),
    "credit_days": integer("Credit days", minimum=0, maximum=365),
    "notes": text("Notes", longest=3900),
    "address": obj(ADDRESS_FIELDS, title="Main address"),
}
_PLAIN = {
    "name": "name",
    "types": "contact_type_ids",
    "reference": "reference",
    "company_key": "source_guid",
    "tax_number": "tax_number",
    "currency": "currency_id",
    "credit_limit": "credit_limit",
    "credit_days": "credit_days",
}


def _output(contact: Json) -> Json:
    person, address = contact.get("main_contact_person") or {}, contact.get("main_address") or {}
    limit = contact.get("credit_limit")
    return {
        "id": str(contact["id"]),
        "name": str(contact.get("name") or contact.get("displayed_as") or ""),
        "types": [id_of(one) for one in contact.get("contact_types") or []],
        "reference": str(contact.get("reference") or ""),
        "email": email_of(contact),
        "contact_name": str(person.get("name") or ""),
        "phone": str(person.get("telephone") or ""),
        "company_key": str(contact.get("source_guid") or ""),
        "currency": id_of(contact.get("currency")),
        **({} if limit is None else {"credit_limit": decimal_text(limit, places=2)}),
        "address": {
            **{ours: str(address.get(theirs) or "") for theirs, ours in _ADDRESS.items()},
            "country": id_of(address.get("country")),
        },
    }


CONTACT = Kind(
    path="contacts",
    name="contact",
    noun="contact",
    key="contact_id",
    plural="contacts",
    schema=obj(
        {
            "id": text("Contact id"),
            "name": text("Name"),
            "types": items("Types", text("Type")),
            "reference": text("Reference"),
            "email": text("E-mail"),
            "contact_name": text("Contact person"),
            "phone": text("Phone"),
            "company_key": text("Company key"),
            "currency": text("Currency"),
            "credit_limit": decimal("Credit limit", currency="/currency"),
            "address": obj({name: text(str(one["title"])) for name, one in ADDRESS_FIELDS.items()}),
        },
        required=("id", "name", "types", "reference", "email"),
    ),
    output=_output,
    sample={
        "id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "name": "Larch & Co",
        "types": ["CUSTOMER"],
        "reference": "LARCH01",
        "email": "ida@larch.example",
        "contact_name": "Ida Larch",
        "phone": "+44 113 496 0100",
        "company_key": "agxORG1",
        "currency": "GBP",
        "credit_limit": "5000.00",
        "address": {
            "line1": "4 Mill Lane",
            "line2": "",
            "city": "Leeds",
            "region": "",
            "postal_code": "LS1 4AB",
            "country": "GB",
        },
    },
)


def address_body(address: Json) -> dict[str, Json]:
    """The parts of an address that are given, under Sage's names."""
    return {theirs: address[ours] for theirs, ours in _ADDRESS.items() if ours in address}


def _given(data: Json) -> dict[str, Json]:
    sent: dict[str, Json] = {theirs: data[ours] for ours, theirs in _PLAIN.items() if ours in data}
    address = address_body(data.get("address") or {})
    if address:
        sent["main_address"] = address
    person = {
        **({"email": normal_email(data["email"]) or data["email"]} if data.get("email") else {}),
        **({"telephone": data["phone"]} if data.get("phone") else {}),
        **({"name": data["contact_name"]} if data.get("contact_name") else {}),
    }
    return {**sent, "main_contact_person": person} if person else sent


def body(_call: Call, data: Json, mark: Mark) -> dict[str, Json]:
    """What is sent of a new contact."""
    sent = {**_given(data), "notes": stamp(data.get("notes", ""), mark)}
    if "main_address" in sent:
        sent["main_address"] = {
            **sent["main_address"],
            "address_type_id": "DELIVERY",
            "is_main_address": True,
        }
    if "main_contact_person" in sent:
        sent["main_contact_person"] = {
            **_new_person(data["name"], data["types"]),
            **sent["main_contact_person"],
        }
    return sent


def _new_person(name: str, types: Json) -> dict[str, Json]:
    return {"name": name[:50], "contact_person_type_ids": types, "is_main_contact": True}


def changes(_call: Call, data: Json, now: Json) -> dict[str, Json]:
    """What is sent of a changed one: what was given. The mark by which it is recognised stays in its notes."""
    sent = _given(data)
    if "main_contact_person" in sent and not now.get("main_contact_person"):
        types = [id_of(one) for one in now.get("contact_types") or []]
        person = _new_person(str(now.get("name") or ""), types)
        sent["main_contact_person"] = {**person, **sent["main_contact_person"]}
    if "main_address" in sent and not now.get("main_address"):
        sent["main_address"] = {**sent["main_address"], **_NEW_ADDRESS}
    if "notes" in data:
        sent["notes"] = restamp(data["notes"], str(now.get("notes") or ""))
    return sent


FINDER: Finder = marked(
    CONTACT,
    lambda sent: {
        "search": sent.get("reference") or sent["name"],
        "contact_type_id": sent["contact_type_ids"][0],
    },
)
