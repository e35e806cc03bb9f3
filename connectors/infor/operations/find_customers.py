"""Find customers by e-mail address, else by company name."""

from connectors.infor.customers import CUSTOMER, CUSTOMER_SAMPLE, find_customers
from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    email, name = data.get("email", "").strip(), data.get("name", "").strip()
    if not email and not name:
        raise Data(
            "Give an e-mail address or a name to find a customer by.",
            code="nothing_to_find",
            pointer="/email",
        )
    return {"customers": find_customers(call, email=email, name=name)}


OPERATION = Read(
    title="Find customers",
    help="By e-mail address when there is one, else by company name whatever its legal form.",
    input=obj({"email": text("E-mail"), "name": text("Company name")}),
    output=obj({"customers": items("Customers", CUSTOMER)}, required=("customers",)),
    sample={"customers": [CUSTOMER_SAMPLE]},
    run=run,
)
