"""Ledger accounts and tax rates: codes and ids that people use → what the API wants."""

from decimal import Decimal

from connectors.sage50.client import pages
from connectors.sdk.errors import Data
from connectors.sdk.numbers import decimal_of
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json

__all__ = ["account_id", "ledger_accounts", "tax_percentage", "tax_rates"]

_FRESH = 60.0
"""Seconds a list is believed; a code or id it lacks asks again at once."""


def ledger_accounts(call: Call, *, fresh: bool = False) -> list[Json]:
    """[{"id", "nominal_code", "name"}] of the whole chart of accounts."""
    found: list[Json] = call.cached("ledger_accounts", 0.0 if fresh else _FRESH, lambda: _read_accounts(call))
    return found


def tax_rates(call: Call, *, fresh: bool = False) -> list[Json]:
    """[{"id", "name", "percentage"}]; the percentage is a decimal text, "" when Sage gives none."""
    found: list[Json] = call.cached("tax_rates", 0.0 if fresh else _FRESH, lambda: _read_rates(call))
    return found


def account_id(call: Call, nominal_code: Json, pointer: str) -> str:
    """The ledger account with this nominal code. Raises `Data` at `pointer` when even a fresh list has none."""
    code = str(nominal_code).strip()
    for fresh in (False, True):
        for account in ledger_accounts(call, fresh=fresh):
            if account["nominal_code"] == code:
                return str(account["id"])
    raise Data(
        f"Sage has no ledger account with the nominal code {code}.", code="nominal_unknown", pointer=pointer
    )


def tax_percentage(call: Call, tax_rate_id: str, pointer: str) -> Decimal:
    """The rate's percentage (0 when Sage gives none). Raises `Data` at `pointer` for an unknown id."""
    for fresh in (False, True):
        for rate in tax_rates(call, fresh=fresh):
            if rate["id"] == tax_rate_id:
                return decimal_of(rate["percentage"] or "0")
    raise Data(f"Sage has no tax rate {tax_rate_id}.", code="tax_rate_unknown", pointer=pointer)


def _read_accounts(call: Call) -> list[Json]:
    return [
        {
            "id": str(one["id"]),
            "nominal_code": str(one.get("nominal_code") or ""),
            "name": str(one.get("name") or one.get("displayed_as") or ""),
        }
        for one in pages(call, "/ledger_accounts", {})
    ]


def _read_rates(call: Call) -> list[Json]:
    return [
        {
            "id": str(one["id"]),
            "name": str(one.get("name") or one.get("displayed_as") or one["id"]),
            "percentage": "" if one.get("percentage") is None else str(one["percentage"]),
        }
        for one in pages(call, "/tax_rates", {})
    ]
