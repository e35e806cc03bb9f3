"""Sales orders and invoices as SopPost and InvoicePost make them: documents only, nothing of the ledger.

Sage does not compute: the caller sends net and tax of every line, and the header is the sum of its lines. The
sandbox also checks what Sage would post silently, so that a wrong amount is found before it meets a real company.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.agent.company.rows import CENT, Row, cents, insert, next_number, one, select, update
from connectors.agent.driver import Fields
from connectors.agent.refusals import SageRefusal
from connectors.agent.sandbox.checks import (
    amount_of,
    decimal_of,
    fitting,
    free_number,
    open_day,
    posting_nominal,
    same_currency,
    trading_account,
)

_HEADER = frozenset(
    [
        "NAME",
        "ADDRESS_1",
        "ADDRESS_2",
        "ADDRESS_3",
        "ADDRESS_4",
        "ADDRESS_5",
        "DEL_NAME",
        "DEL_ADDRESS_1",
        "DEL_ADDRESS_2",
        "DEL_ADDRESS_3",
        "DEL_ADDRESS_4",
        "DEL_ADDRESS_5",
        "CONTACT_NAME",
        "CUST_TEL_NUMBER",
        "CUST_ORDER_NUMBER",
        "NOTES_1",
        "NOTES_2",
        "NOTES_3",
        "ANALYSIS_1",
        "ANALYSIS_2",
        "ANALYSIS_3",
    ]
)
"""TAKEN_BY bears the agent's marker."""
_LINE = frozenset(["DESCRIPTION", "COMMENT_1", "COMMENT_2", "DEPT_NUMBER", "SERVICE_FLAG"])
_CLOSED = {3, 7, 8}
"""Order statuses after which nothing changes: cancelled, part cancelled, complete."""


@dataclass(frozen=True)
class Shape:
    """What differs between an order and an invoice."""

    table: str
    key: str
    lines: str
    quantity: str
    day: str


ORDER = Shape("SALES_ORDER", "ORDER_NUMBER", "SOP_ITEM", "QTY_ORDER", "ORDER_DATE")
INVOICE = Shape("INVOICE", "INVOICE_NUMBER", "INVOICE_ITEM", "QUANTITY", "INVOICE_DATE")


def create_sales_order(connection: sqlite3.Connection, fields: Fields, marker: str) -> str:
    extra = {"ORDER_TYPE_CODE": 0, "ORDER_OR_QUOTE": "Sales Order", "ORDER_STATUS_CODE": 0}
    extra |= {"ALLOCATED_STATUS": "Zero allocated", "DESPATCH_STATUS_CODE": 0, "DESPATCH_STATUS": ""}
    return _create(connection, ORDER, fields, {**extra, "TAKEN_BY": marker})


def create_invoice(connection: sqlite3.Connection, fields: Fields, marker: str) -> str:
    """`ORDER_NUMBER`, when given, must be an order of the same customer. Raises 17."""
    rest = dict(fields)
    order, due = rest.pop("ORDER_NUMBER", None), rest.pop("PAYMENT_DUE_DATE", None)
    extra: Row = {
        "INVOICE_TYPE_CODE": 0,
        "INVOICE_TYPE": "Product Invoice",
        "POSTED_CODE": 0,
        "TAKEN_BY": marker,
    }
    if due is not None:
        extra["PAYMENT_DUE_DATE"] = open_day(connection, due, "PAYMENT_DUE_DATE")
    if order is not None:
        found = one(connection, "SALES_ORDER", order)
        if found is None or found["ACCOUNT_REF"] != str(rest.get("ACCOUNT_REF", "")).upper():
            raise SageRefusal(17, f"order {order}", field="ORDER_NUMBER")
        extra |= {"ORDER_NUMBER_NUMERIC": found["ORDER_NUMBER"], "INVOICE_TYPE_CODE": 1}
    number = _create(connection, INVOICE, rest, extra)
    if order is not None:
        update(connection, "SALES_ORDER", order, {"INVOICE_NUMBER_NUMERIC": int(number)})
    return number


def update_sales_order(connection: sqlite3.Connection, reference: str, fields: Fields) -> None:
    """Change an open order's header fields. Raises 17 for no such order, 18 for one that is closed."""
    order = one(connection, "SALES_ORDER", reference)
    if order is None:
        raise SageRefusal(17, f"order {reference}", field="ORDER_NUMBER")
    if order["ORDER_STATUS_CODE"] in _CLOSED:
        raise SageRefusal(18, "a cancelled or complete order cannot change", field="ORDER_NUMBER")
    row = fitting("SALES_ORDER", fields, _HEADER)
    update(connection, "SALES_ORDER", order["ORDER_NUMBER"], {**row, "RECORD_MODIFY_DATE": _today()})


def _create(connection: sqlite3.Connection, shape: Shape, fields: Fields, extra: Row) -> str:
    rest = dict(fields)
    account = trading_account(connection, rest.pop("ACCOUNT_REF", None))
    currency = same_currency(connection, account, rest.pop("CURRENCY", None))
    day = open_day(connection, rest.pop(shape.day, None), shape.day)
    lines = [_line(connection, shape, given) for given in _list(rest.pop("LINES", None))]
    carriage = _carriage(connection, rest)
    header = {"NAME": account["NAME"], **fitting(shape.table, rest, _HEADER), **extra, **carriage}
    header |= {"ACCOUNT_REF": account["ACCOUNT_REF"], shape.day: day, "CURRENCY": currency["NUMBER"]}
    header |= {"FOREIGN_RATE": currency["RATE"], "RECORD_DELETED": 0}
    header |= {"RECORD_CREATE_DATE": _today(), "RECORD_MODIFY_DATE": _today()}
    number = free_number(next_number(connection, shape.table))
    insert(connection, shape.table, {**header, **_totals(lines, carriage), shape.key: number})
    for position, line in enumerate(lines, start=1):
        item = {"ITEMID": next_number(connection, shape.lines), shape.key: number, "ITEM_NUMBER": position}
        insert(connection, shape.lines, {**line, **item})
    return str(number)


def _list(lines: Any) -> Sequence[Fields]:
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        raise SageRefusal(50, "a document needs lines", field="LINES")
    return lines


def _line(connection: sqlite3.Connection, shape: Shape, given: Fields) -> Row:
    rest = dict(given)
    stock_code = str(rest.pop("STOCK_CODE", "S1"))
    stock = one(connection, "STOCK", stock_code)
    if stock is None and stock_code not in {"S1", "S2", "S3"}:
        raise SageRefusal(90, stock_code, field="STOCK_CODE")
    if stock is not None and stock["INACTIVE_FLAG"]:
        raise SageRefusal(71, stock_code, field="STOCK_CODE")
    defaults: Row = stock or {"NOMINAL_CODE": "4000", "TAX_CODE": "T1", "DESCRIPTION": ""}
    nominal = posting_nominal(connection, rest.pop("NOMINAL_CODE", defaults["NOMINAL_CODE"]))
    tax = _tax_row(connection, rest.pop("TAX_CODE", defaults["TAX_CODE"]))
    quantity = decimal_of(rest.pop("QUANTITY", None), "QUANTITY")
    price = decimal_of(rest.pop("UNIT_PRICE", None), "UNIT_PRICE")
    net = amount_of(rest.pop("NET_AMOUNT", None), "NET_AMOUNT")
    tax_amount = amount_of(rest.pop("TAX_AMOUNT", None), "TAX_AMOUNT")
    _check_line(quantity * price, net, tax_amount, Decimal(tax["TAX_RATE"]))
    row = {"DESCRIPTION": defaults["DESCRIPTION"], **fitting(shape.lines, rest, _LINE)}
    row |= {"STOCK_CODE": stock_code, "NOMINAL_CODE": nominal, "TAX_CODE": tax["TAX_CODE"]}
    row |= {"TAX_RATE": tax["TAX_RATE"], shape.quantity: quantity, "UNIT_PRICE": price}
    amounts = {"FULL_NET_AMOUNT": cents(quantity * price), "NET_AMOUNT": net, "TAX_AMOUNT": tax_amount}
    return {**row, **amounts, "GROSS_AMOUNT": net + tax_amount}


def _check_line(full: Decimal, net: Decimal, tax: Decimal, rate: Decimal) -> None:
    """A discount may lower the net, nothing may raise it; the tax may differ by a cent."""
    if net < 0 or tax < 0:
        raise SageRefusal(89, field="NET_AMOUNT")
    if net > cents(full):
        raise SageRefusal(18, f"quantity by price is {cents(full)}, the net is {net}", field="NET_AMOUNT")
    expected = cents(net * rate / 100)
    if abs(tax - expected) > CENT:
        raise SageRefusal(18, f"the tax of {net} at {rate}% is {expected}, not {tax}", field="TAX_AMOUNT")


def _tax_row(connection: sqlite3.Connection, code: Any) -> Row:
    """By SDO's number (1) or ODBC's text ("T1"). Raises 18."""
    tax = one(connection, "TAX_CODE", f"T{code}" if isinstance(code, int) else str(code))
    if tax is None:
        raise SageRefusal(18, f"tax code {code}", field="TAX_CODE")
    return tax


def _carriage(connection: sqlite3.Connection, rest: dict[str, Any]) -> Row:
    """Takes the carriage out of `rest`: `CARR_NET` with its tax by T1 and the footer's nominal code."""
    net = amount_of(rest.pop("CARR_NET", "0"), "CARR_NET")
    if net < 0:
        raise SageRefusal(89, field="CARR_NET")
    tax = _tax_row(connection, rest.pop("CARR_TAX_CODE", "T1"))
    nominal = posting_nominal(connection, rest.pop("CARR_NOM_CODE", "4905"))
    amount = cents(net * Decimal(tax["TAX_RATE"]) / 100)
    row: Row = {"CARR_NET": net, "CARR_TAX": amount, "CARR_GROSS": net + amount}
    return {**row, "CARR_TAX_CODE": tax["TAX_CODE"], "CARR_NOM_CODE": nominal}


def _totals(lines: Sequence[Row], carriage: Row) -> Row:
    net = sum((line["NET_AMOUNT"] for line in lines), Decimal(0))
    tax = sum((line["TAX_AMOUNT"] for line in lines), Decimal(0))
    whole_net, whole_tax = net + carriage["CARR_NET"], tax + carriage["CARR_TAX"]
    items = {"ITEMS_NET": net, "ITEMS_TAX": tax, "ITEMS_GROSS": net + tax}
    return {
        **items,
        "INVOICE_NET": whole_net,
        "INVOICE_TAX": whole_tax,
        "INVOICE_GROSS": whole_net + whole_tax,
    }


def lines_of(connection: sqlite3.Connection, shape: Shape, number: int) -> list[Row]:
    """A document's lines in order."""
    found = select(connection, shape.lines, f"{shape.key} = ?", [number])
    return sorted(found, key=lambda line: int(line["ITEM_NUMBER"]))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
