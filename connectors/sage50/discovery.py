"""What a Sage business has to choose from: ledger accounts, tax rates and, while connecting, businesses."""

from collections.abc import Mapping, Sequence

from connectors.sage50.client import businesses
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


DISCOVERY = Discovery(choices={"ledger_accounts": accounts, "tax_rates": rates, "businesses": own_businesses})
