"""List the chart of accounts."""

from connectors.sage50.ledger import ledger_accounts
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, _data: Json) -> Json:
    return {"accounts": ledger_accounts(call, fresh=True)}


OPERATION = Read(
    title="List ledger accounts",
    input=obj({}),
    output=obj(
        {
            "accounts": items(
                "Accounts",
                obj(
                    {"id": text("Id"), "nominal_code": text("Nominal code"), "name": text("Name")},
                    required=("id", "nominal_code", "name"),
                ),
            )
        },
        required=("accounts",),
    ),
    sample={
        "accounts": [{"id": "c1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b", "nominal_code": "4000", "name": "Sales"}]
    },
    run=run,
)
