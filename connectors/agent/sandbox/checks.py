"""What SDO refuses, one rule a function: references, lengths, dates, accounts, nominal codes and amounts."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.agent.company.rows import Row, cents, one, select
from connectors.agent.company.tables import columns, length_limits
from connectors.agent.refusals import SageRefusal

_REFERENCE = re.compile(r"[A-Z0-9#_/!%&.\-$()\",']{1,8}")
_CONTROL = 4
MAX_NUMBER = 9_999_999


def new_reference(connection: sqlite3.Connection, text: str) -> str:
    """The reference as Sage keeps it (upper case). Raises 63, 82, 84 or 86."""
    reference = text.upper()
    if not reference:
        raise SageRefusal(63, field="ACCOUNT_REF")
    if " " in reference:
        raise SageRefusal(82, field="ACCOUNT_REF")
    if not _REFERENCE.fullmatch(reference):
        raise SageRefusal(86, field="ACCOUNT_REF")
    if one(connection, "SALES_LEDGER", reference):
        raise SageRefusal(84, field="ACCOUNT_REF")
    return reference


def fitting(table: str, fields: Mapping[str, Any], allowed: frozenset[str]) -> Row:
    """The fields as the table takes them. Raises 18 for a column that cannot be set, 83 for a text too long."""
    limits = length_limits(table)
    kinds = columns(table)
    row: Row = {}
    for name, value in fields.items():
        if name not in allowed or isinstance(value, dict | list | bool | float):
            raise SageRefusal(18, name, field=name)
        if name in limits and len(str(value)) > limits[name]:
            raise SageRefusal(83, f"{name} takes {limits[name]} characters", field=name)
        row[name] = decimal_of(value, name) if kinds[name] in {"M", "D"} else value
    return row


def decimal_of(value: Any, field: str) -> Decimal:
    """An amount as decimal text or a whole number. Raises 18 for anything else, a float above all."""
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        raise SageRefusal(18, f"{field} is not a decimal", field=field)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise SageRefusal(18, f"{field} is not a decimal", field=field) from error
    if not number.is_finite():
        raise SageRefusal(18, f"{field} is not a decimal", field=field)
    return number


def amount_of(value: Any, field: str) -> Decimal:
    """Money: two places at most. Raises 18."""
    number = decimal_of(value, field)
    if number != cents(number):
        raise SageRefusal(18, f"{field} has more than two places", field=field)
    return cents(number)


def open_day(connection: sqlite3.Connection, text: Any, field: str) -> str:
    """A date in an open period. Raises 87 for no date, 49 for one on or before the lock date."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError as error:
        raise SageRefusal(87, field=field) from error
    locked = str(select(connection, "COMPANY")[0]["LOCK_DATE"] or "")
    if locked and day.isoformat() <= locked:
        raise SageRefusal(49, field=field)
    return day.isoformat()


def trading_account(connection: sqlite3.Connection, reference: Any) -> Row:
    """The customer, if it may trade. Raises 63, 70, 71 or 73."""
    account = one(connection, "SALES_LEDGER", str(reference or "").upper())
    if account is None:
        raise SageRefusal(63, field="ACCOUNT_REF")
    for column, at_fault, code in (
        ("ACCOUNT_ON_HOLD", True, 70),
        ("INACTIVE_FLAG", True, 71),
        ("TERMS_AGREED", False, 73),
    ):
        if bool(account[column]) is at_fault:
            raise SageRefusal(code, field="ACCOUNT_REF")
    return account


def same_currency(connection: sqlite3.Connection, account: Row, code: Any) -> Row:
    """The account's currency row; a document may name it, but no other. Raises 34."""
    currency = one(connection, "CURRENCY", account["CURRENCY"])
    if currency is None or (code is not None and code != currency["CODE"]):
        raise SageRefusal(34, field="CURRENCY")
    return currency


def posting_nominal(connection: sqlite3.Connection, code: Any) -> str:
    """A nominal code that takes postings. Raises 65 or 88."""
    nominal = one(connection, "NOMINAL_LEDGER", str(code))
    if nominal is None:
        raise SageRefusal(65, str(code), field="NOMINAL_CODE")
    if nominal["ACCOUNT_TYPE"] == _CONTROL:
        raise SageRefusal(88, str(code), field="NOMINAL_CODE")
    return str(nominal["ACCOUNT_REF"])


def free_number(number: int) -> int:
    """A document's number has seven digits at most. Raises 18 when they are used up."""
    if number > MAX_NUMBER:
        raise SageRefusal(18, "the numbers are used up")
    return number
