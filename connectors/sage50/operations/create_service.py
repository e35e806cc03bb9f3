"""Make a service."""

from connectors.sage50.items import SERVICE, body_of, fields_of, finder_of
from connectors.sage50.records import make
from connectors.sdk.schema import obj

OPERATION = make(
    SERVICE,
    "Create a service",
    obj(
        fields_of(SERVICE),
        required=("item_code", "description", "sales_nominal_code"),
    ),
    body_of(SERVICE),
    finder_of(SERVICE),
    help="The item code is how it is recognised if Sage's answer is lost.",
)
