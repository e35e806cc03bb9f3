"""Read one customer."""

from connectors.infor.customers import CUSTOMER, CUSTOMER_SAMPLE, read_customer
from connectors.sdk.operation import Read
from connectors.sdk.schema import obj, text

OPERATION = Read(
    title="Get a customer",
    input=obj({"customer_id": text("Customer number", shortest=1)}, required=("customer_id",)),
    output=CUSTOMER,
    sample=CUSTOMER_SAMPLE,
    run=lambda call, data: read_customer(call, data["customer_id"]),
)
