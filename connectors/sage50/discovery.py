"""What a Sage business has to choose from: ledger accounts, tax rates, bank accounts and, while connecting, businesses."""

from collections.abc import Mapping, Sequence

from connectors.sage50.client import businesses, pages
from connectors.sage50.ledger import ledger_accounts, tax_rates
from connectors.sdk.discovery import Choice, Discovery
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json


def accounts(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    found = [one for one in ledger_accounts(call, fresh=True) if one["nominal_code"]]
    return [Choice(one["nominal_code"], one["name"], one["nominal_code"]) for one in found]


def rates(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    found = tax_rates(call, fresh=True)
    return [
        Choice(one["id"], one["name"], f"{one['percentage']} %" if one["percentage"] else "") for one in found
    ]


def own_businesses(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    return [Choice(one["id"], one["name"]) for one in businesses(call)]


def bank_accounts(call: Call, _given: Mapping[str, Json]) -> Sequence[Choice]:
    found = pages(call, "/bank_accounts", {})
    return [Choice(str(one["id"]), str(one.get("displayed_as") or one["id"])) for one in found]


DISCOVERY = Discovery(
    choices={
        "ledger_accounts": accounts,
        "tax_rates": rates,
        "businesses": own_businesses,
        "bank_accounts": bank_accounts,
    }
)
