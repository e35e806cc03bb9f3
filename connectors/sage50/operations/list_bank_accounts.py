"""List the bank accounts of the business."""

from connectors.sage50.records import Kind, id_of, listing
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json


def output(account: Json) -> Json:
    return {
        "id": str(account["id"]),
        "name": str(account.get("displayed_as") or account["id"]),
        "ledger_account_id": id_of(account.get("ledger_account")),
        "currency": id_of(account.get("currency")),
    }


KIND = Kind(
    path="bank_accounts",
    name="bank_account",
    noun="bank account",
    key="bank_account_id",
    plural="bank_accounts",
    schema=obj(
        {
            "id": text("Bank account id"),
            "name": text("Name"),
            "ledger_account_id": text("Ledger account id"),
            "currency": text("Currency"),
        },
        required=("id", "name"),
    ),
    output=output,
    sample={
        "id": "9a01c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "name": "Current (1200)",
        "ledger_account_id": "c1a1c0de5a6e4f0d8b1f0c2d3e4f5a6b",
        "currency": "GBP",
    },
)
OPERATION = listing(KIND, "List bank accounts", {})
