"""Add an address to a contact."""

from connectors.sage50.addresses import ADDRESS
from connectors.sage50.parties import ADDRESS_FIELDS, address_body
from connectors.sage50.records import make, matching
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import boolean, obj, text
from connectors.sdk.wire import Json


def body(_call: Call, data: Json, _mark: Mark) -> dict[str, Json]:
    return {
        "contact_id": data["contact_id"],
        "name": data["name"],
        "address_type_id": data.get("type", "DELIVERY"),
        "is_main_address": data.get("is_main", False),
        **address_body(data),
    }


OPERATION = make(
    ADDRESS,
    "Add an address",
    obj(
        {
            "contact_id": text("Contact id", shortest=1),
            "name": text("Name", help="Such as Warehouse.", shortest=1),
            "type": text("Type", help="As Sage calls it, such as DELIVERY.", default="DELIVERY"),
            "is_main": boolean("Main address", help="It takes the place of the present one.", default=False),
            **ADDRESS_FIELDS,
        },
        required=("contact_id", "name"),
    ),
    body,
    matching(
        ADDRESS,
        "the contact's address of this name and content",
        lambda sent: {"contact_id": sent["contact_id"]},
        ("name", "address_line_1", "address_line_2", "city", "postal_code"),
    ),
)
