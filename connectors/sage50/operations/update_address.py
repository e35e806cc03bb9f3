"""Change an address."""

from connectors.sage50.addresses import ADDRESS
from connectors.sage50.parties import ADDRESS_FIELDS, address_body
from connectors.sage50.records import change
from connectors.sdk.operation import Call
from connectors.sdk.schema import text
from connectors.sdk.wire import Json


def changes(_call: Call, data: Json, _now: Json) -> dict[str, Json]:
    return {**({"name": data["name"]} if "name" in data else {}), **address_body(data)}


OPERATION = change(
    ADDRESS, "Update an address", {"name": text("Name", shortest=1), **ADDRESS_FIELDS}, changes
)
