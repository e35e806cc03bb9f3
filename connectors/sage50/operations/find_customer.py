"""Find customers by e-mail address or by a part of their name or reference."""

from connectors.sage50.contacts import email_of, standing_customers
from connectors.sdk.errors import Data
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    email = normal_email(data.get("email") or "")
    search = (data.get("search") or "").strip()
    if not email and not search:
        raise Data(
            "Give an e-mail address or something to search for.", code="nothing_to_find", pointer="/search"
        )
    query = {**({"email": email} if email else {}), **({"search": search} if search else {})}
    found = standing_customers(call, **query)
    return {"customers": [_output(one) for one in found if not email or email_of(one) == email]}


def _output(contact: Json) -> Json:
    return {
        "id": str(contact["id"]),
        "name": str(contact.get("name") or contact.get("displayed_as") or ""),
        "reference": str(contact.get("reference") or ""),
        "email": email_of(contact),
        "company_key": str(contact.get("source_guid") or ""),
    }


OPERATION = Read(
    title="Find customers",
    input=obj(
        {"email": text("E-mail"), "search": text("Search", help="A part of the name, company or reference.")}
    ),
    output=obj(
        {
            "customers": items(
                "Customers",
                obj(
                    {
                        "id": text("Customer id"),
                        "name": text("Name"),
                        "reference": text("Reference"),
                        "email": text("E-mail"),
                        "company_key": text("Company key"),
                    },
                    required=("id", "name", "reference", "email", "company_key"),
                ),
            )
        },
        required=("customers",),
    ),
    sample={
        "customers": [
            {
                "id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
                "name": "Larch & Co",
                "reference": "LARCH01",
                "email": "ida@larch.example",
                "company_key": "agxORG1",
            }
        ]
    },
    run=run,
)
