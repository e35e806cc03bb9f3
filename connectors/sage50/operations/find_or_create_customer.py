"""Find the customer this deal's company already is in Sage, or make it: once per company, whoever asks."""

from collections.abc import Sequence

from connectors.sage50.contacts import (
    customer_output,
    existing,
    identities,
    search_name,
    short_reference,
    standing_customers,
)
from connectors.sage50.idempotency import NATIVE
from connectors.sdk.errors import NotFound, OutcomeUnknown
from connectors.sdk.marks import has_mark, stamp
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Mark, Match, Standing, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json, Request, Response

_MARKERS = ("idempotency_id", "notes")


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    contact: dict[str, Json] = {
        "idempotency_id": mark.guid,
        "name": data["name"].strip(),
        "contact_type_ids": ["CUSTOMER"],
        "notes": stamp("", mark),
    }
    if data.get("company_key"):
        contact["source_guid"] = data["company_key"]
        contact["reference"] = short_reference(data["company_key"])
    if data.get("currency"):
        contact["currency_id"] = data["currency"]
    address = _address(data.get("address") or {})
    if address:
        contact["main_address"] = address
    person = _person(data)
    if person:
        contact["main_contact_person"] = person
    return Request("POST", "/contacts", json={"contact": contact})


def result(_data: Json, response: Response) -> Json:
    contact = response.json
    if not isinstance(contact, dict) or not contact.get("id"):
        raise OutcomeUnknown(
            "Sage's answer is not a contact.", code="not_a_contact", detail=response.text[:500]
        )
    return customer_output(contact, "created")


def find(call: Call, request: Request, mark: Mark) -> Sequence[Match]:
    """The customers of this address, reference or name whose notes carry our mark."""
    sent = request.json["contact"]
    queries: list[dict[str, Json]] = [{"search": sent.get("reference") or search_name(sent["name"])}]
    email = (sent.get("main_contact_person") or {}).get("email")
    if email:
        queries.insert(0, {"email": email})
    found = {str(one["id"]): one for query in queries for one in standing_customers(call, **query)}
    return [
        Match(key, customer_output(one, "created"), str(one.get("created_at") or ""), "mark in the notes")
        for key, one in found.items()
        if has_mark(one.get("notes"), mark)
    ]


def standing(call: Call, far_id: str) -> Standing:
    try:
        contact = call.get(path_of("contacts", far_id))
    except NotFound:
        return "gone"
    return "gone" if contact.get("deleted_at") else "stands"


def unmarked(request: Request) -> Json:
    return {name: value for name, value in request.json["contact"].items() if name not in _MARKERS}


def _address(address: Json) -> dict[str, Json]:
    """Sage's address; {} when nothing but perhaps a country is known of it."""
    names = {
        "address_line_1": "line1",
        "address_line_2": "line2",
        "city": "city",
        "region": "region",
        "postal_code": "postal_code",
        "country_id": "country",
    }
    filled = {theirs: address[ours] for theirs, ours in names.items() if address.get(ours)}
    return {**filled, "address_type_id": "DELIVERY", "is_main_address": True} if filled else {}


def _person(data: Json) -> dict[str, Json]:
    known = {"email": normal_email(data.get("email") or ""), "telephone": data.get("phone") or ""}
    filled = {name: value for name, value in known.items() if value}
    if not filled and not data.get("contact_name"):
        return {}
    name = (data.get("contact_name") or data["name"])[:50]
    return {"name": name, "contact_person_type_ids": ["CUSTOMER"], "is_main_contact": True, **filled}


OPERATION = Write(
    title="Find or create a customer",
    help="Looks for the company's key, then the e-mail address, then the name; only if there is none, one is made.",
    effect="create",
    record="contact",
    input=obj(
        {
            "name": text("Company name", shortest=1, longest=100),
            "email": text("E-mail", longest=100),
            "company_key": text("Company key", help="The company's key in the CRM.", longest=255),
            "contact_name": text("Contact person", longest=50),
            "phone": text("Phone", longest=50),
            "address": obj(
                {
                    "line1": text("Address line 1", longest=50),
                    "line2": text("Address line 2", longest=50),
                    "city": text("City", longest=50),
                    "region": text("Region", longest=50),
                    "postal_code": text("Postal code", longest=10),
                    "country": text("Country", help="Two letters, such as GB.", longest=2),
                },
                title="Address",
            ),
            "currency": text(
                "Currency", help="Three letters, such as GBP; empty for the business's own.", longest=3
            ),
            "on_name_match": choice(
                "When only the name matches",
                ["hold", "accept"],
                help="hold: ask a person; accept: take that customer if no e-mail address speaks against it.",
                default="hold",
            ),
        },
        required=("name",),
    ),
    output=obj(
        {
            "id": text("Customer id"),
            "name": text("Name"),
            "reference": text("Reference"),
            "matched_by": choice("Matched by", ["source_guid", "email", "name", "created"]),
        },
        required=("id", "name", "reference", "matched_by"),
    ),
    sample={
        "id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "name": "Larch & Co",
        "reference": "K7QX2M9ADF",
        "matched_by": "email",
    },
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=unmarked,
    find=find,
    standing=standing,
    existing=existing,
    identities=identities,
)
