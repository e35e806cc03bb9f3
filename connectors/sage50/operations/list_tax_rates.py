"""List the tax rates of the business."""

from connectors.sage50.ledger import tax_rates
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, _data: Json) -> Json:
    return {"tax_rates": tax_rates(call, fresh=True)}


OPERATION = Read(
    title="List tax rates",
    input=obj({}),
    output=obj(
        {
            "tax_rates": items(
                "Tax rates",
                obj(
                    {
                        "id": text("Id"),
                        "name": text("Name"),
                        "percentage": text("Percentage", help="A decimal; empty when Sage gives none."),
                    },
                    required=("id", "name", "percentage"),
                ),
            )
        },
        required=("tax_rates",),
    ),
    sample={"tax_rates": [{"id": "GB_STANDARD", "name": "Standard 20.00%", "percentage": "20.0"}]},
    run=run,
)
