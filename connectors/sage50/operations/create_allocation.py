"""Set what a customer has on account, or a credit note, against invoices."""

from connectors.sage50.receipts import ALLOCATION, PART, parts_body
from connectors.sage50.records import make, matching
from connectors.sdk.errors import Data
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call, Mark
from connectors.sdk.schema import date, items, obj, text
from connectors.sdk.wire import Json


def body(_call: Call, data: Json, _mark: Mark) -> dict[str, Json]:
    """Raises `Data` when the credits don't make up for what they are set against."""
    if sum(decimal_of(one["amount"]) for one in data["allocated"]) != 0:
        raise Data(
            "The amounts must come to nothing: invoices are positive; credit notes and payments on account negative.",
            code="allocation_unbalanced",
            pointer="/allocated",
        )
    return {
        "transaction_type_id": "CUSTOMER_ALLOCATION",
        "contact_id": data["customer_id"],
        "date": data["date"],
        "allocated_artefacts": parts_body(data["allocated"]),
    }


OPERATION = make(
    ALLOCATION,
    "Set a payment on account against invoices",
    obj(
        {
            "customer_id": text("Customer id", shortest=1),
            "date": date("Date"),
            "allocated": items(
                "Amounts",
                PART,
                help="Invoices positive; credit notes and payments on account negative.",
                minItems=2,
            ),
        },
        required=("customer_id", "date", "allocated"),
    ),
    body,
    matching(
        ALLOCATION,
        "the customer's allocation of that day with the same amounts",
        lambda sent: {"contact_id": sent["contact_id"]},
        ("contact_id", "date", "allocated_artefacts"),
    ),
    help="What is left of a receipt, or a credit note, is set against invoices of the same customer.",
)
