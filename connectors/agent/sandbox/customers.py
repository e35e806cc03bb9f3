"""Customers as SDO keeps them: SalesRecord's AddNew, Edit and Update."""

import sqlite3
from datetime import UTC, datetime

from connectors.agent.company.rows import Row, insert, one, select, update
from connectors.agent.driver import Fields
from connectors.agent.refusals import SageRefusal
from connectors.agent.sandbox.checks import fitting, new_reference

SETTABLE = frozenset(
    [
        "NAME",
        "ADDRESS_1",
        "ADDRESS_2",
        "ADDRESS_3",
        "ADDRESS_4",
        "ADDRESS_5",
        "CONTACT_NAME",
        "TELEPHONE",
        "E_MAIL",
        "WEB_ADDRESS",
        "DEL_NAME",
        "DEL_ADDRESS_1",
        "DEL_ADDRESS_2",
        "DEL_ADDRESS_3",
        "DEL_ADDRESS_4",
        "DEL_ADDRESS_5",
        "COUNTRY_CODE",
        "VAT_REG_NUMBER",
        "DEF_TAX_CODE",
        "DEF_NOM_CODE",
        "DEPT_NUMBER",
        "CREDIT_LIMIT",
        "TERMS",
        "PAYMENT_DUE_DAYS",
        "ACCOUNT_ON_HOLD",
        "ANALYSIS_1",
        "ANALYSIS_2",
    ]
)
"""ANALYSIS_3 bears the agent's marker and is nobody else's."""


def create_customer(connection: sqlite3.Connection, fields: Fields, marker: str) -> str:
    """A new customer under `ACCOUNT_REF`; `CURRENCY` is an ISO code, the company's own by default."""
    rest = {name: value for name, value in fields.items() if name not in {"ACCOUNT_REF", "CURRENCY"}}
    reference = new_reference(connection, str(fields.get("ACCOUNT_REF") or ""))
    row = fitting("SALES_LEDGER", rest, SETTABLE)
    if not row.get("NAME"):
        raise SageRefusal(50, field="NAME")
    _check_defaults(connection, row)
    today = datetime.now(UTC).date().isoformat()
    row |= {
        "ACCOUNT_REF": reference,
        "CURRENCY": _currency(connection, fields),
        "BALANCE": 0,
        "TERMS_AGREED": 1,
    }
    row |= {"INACTIVE_FLAG": 0, "RECORD_DELETED": 0, "RECORD_CREATE_DATE": today, "RECORD_MODIFY_DATE": today}
    row.setdefault("ACCOUNT_ON_HOLD", 0)
    insert(connection, "SALES_LEDGER", {**row, "ANALYSIS_3": marker})
    return reference


def update_customer(connection: sqlite3.Connection, reference: str, fields: Fields) -> None:
    """Change a customer's fields. Raises 17 for no such customer, 95 for a currency with transactions."""
    account = one(connection, "SALES_LEDGER", reference.upper())
    if account is None:
        raise SageRefusal(17, reference, field="ACCOUNT_REF")
    row = fitting(
        "SALES_LEDGER", {name: value for name, value in fields.items() if name != "CURRENCY"}, SETTABLE
    )
    _check_defaults(connection, row)
    if "CURRENCY" in fields:
        row["CURRENCY"] = _currency(connection, fields)
        if row["CURRENCY"] != account["CURRENCY"] and _has_transactions(connection, account):
            raise SageRefusal(95, field="CURRENCY")
    row["RECORD_MODIFY_DATE"] = datetime.now(UTC).date().isoformat()
    update(connection, "SALES_LEDGER", account["ACCOUNT_REF"], row)


def _check_defaults(connection: sqlite3.Connection, row: Row) -> None:
    if row.get("DEF_NOM_CODE") and not one(connection, "NOMINAL_LEDGER", row["DEF_NOM_CODE"]):
        raise SageRefusal(65, field="DEF_NOM_CODE")
    if row.get("DEF_TAX_CODE") and not one(connection, "TAX_CODE", row["DEF_TAX_CODE"]):
        raise SageRefusal(18, "the tax code does not exist", field="DEF_TAX_CODE")


def _currency(connection: sqlite3.Connection, fields: Fields) -> int:
    found = select(connection, "CURRENCY", "CODE = ?", [fields.get("CURRENCY", "GBP")])
    if not found:
        raise SageRefusal(18, "the currency does not exist", field="CURRENCY")
    return int(found[0]["NUMBER"])


def _has_transactions(connection: sqlite3.Connection, account: Row) -> bool:
    return bool(select(connection, "AUDIT_HEADER", "ACCOUNT_REF = ?", [account["ACCOUNT_REF"]]))
