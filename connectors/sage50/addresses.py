"""A contact's addresses as flows see them."""

from connectors.sage50.parties import ADDRESS_FIELDS
from connectors.sage50.records import Kind, id_of
from connectors.sdk.schema import boolean, obj, text
from connectors.sdk.wire import Json

__all__ = ["ADDRESS"]

_THEIRS = {
    "line1": "address_line_1",
    "line2": "address_line_2",
    "city": "city",
    "region": "region",
    "postal_code": "postal_code",
}


def _output(address: Json) -> Json:
    return {
        "id": str(address["id"]),
        "contact_id": id_of(address.get("contact")),
        "name": str(address.get("name") or ""),
        "type": id_of(address.get("address_type")),
        "is_main": bool(address.get("is_main_address")),
        **{ours: str(address.get(theirs) or "") for ours, theirs in _THEIRS.items()},
        "country": id_of(address.get("country")),
    }


ADDRESS = Kind(
    path="addresses",
    name="address",
    noun="address",
    key="address_id",
    plural="addresses",
    schema=obj(
        {
            "id": text("Address id"),
            "contact_id": text("Contact id"),
            "name": text("Name"),
            "type": text("Type"),
            "is_main": boolean("Main address"),
            **{name: text(str(field["title"])) for name, field in ADDRESS_FIELDS.items()},
        },
        required=("id", "name", "type", "is_main"),
    ),
    output=_output,
    sample={
        "id": "ad11c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "contact_id": "b7a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "name": "Warehouse",
        "type": "DELIVERY",
        "is_main": False,
        "line1": "Dock 4",
        "line2": "Wharf Road",
        "city": "Bristol",
        "region": "",
        "postal_code": "BS1 6XL",
        "country": "GB",
    },
)
