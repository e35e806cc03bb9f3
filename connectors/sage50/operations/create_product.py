"""Make a product."""

from connectors.sage50.items import PRODUCT, body_of, fields_of, finder_of
from connectors.sage50.records import make
from connectors.sdk.schema import obj

OPERATION = make(
    PRODUCT,
    "Create a product",
    obj(
        fields_of(PRODUCT),
        required=("item_code", "description", "sales_nominal_code", "purchase_nominal_code"),
    ),
    body_of(PRODUCT),
    finder_of(PRODUCT),
    help="The item code is how it is recognised if Sage's answer is lost.",
)
