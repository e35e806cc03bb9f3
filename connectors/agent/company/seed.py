"""Making a company file: a small UK wholesale company with every case the simulator checklist names."""

import os
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from connectors.agent.company.rows import Row, cents, insert
from connectors.agent.company.tables import TABLES, create_statement

VERSION = "32.0"
GUID = "5f1c2a9e-7f0b-4c53-9a55-0d7c1e5b8a10"
TAX_RATES = {"T0": "0", "T1": "20", "T2": "0", "T4": "0", "T5": "5", "T7": "0", "T8": "20", "T9": "0"}
_TAX_NAMES = {
    "T0": "Zero rated",
    "T1": "Standard rate",
    "T2": "Exempt",
    "T4": "Sales of goods to EC",
    "T5": "Reduced rate",
    "T7": "Zero rated purchases of goods from EC",
    "T8": "Standard rated purchases of goods from EC",
    "T9": "Outside the scope of VAT",
}
_NOMINALS = [
    ("1100", "Debtors control account", 4),
    ("1200", "Bank current account", 2),
    ("2100", "Creditors control account", 4),
    ("2200", "Sales tax control account", 4),
    ("2201", "Purchase tax control account", 4),
    ("4000", "Sales type A", 1),
    ("4905", "Distribution and carriage", 1),
    ("9998", "Suspense account", 1),
]
_CUSTOMERS = [
    ("LARCH01", "Larch & Co", 1, 0),
    ("BIRCH01", "Birch Trading Limited", 1, 0),
    ("HOLLY01", "Holly Foods (on hold)", 1, 1),
    ("EURO01", "Erle GmbH", 2, 0),
]
_PRODUCTS = [
    ("WIDGET", "Steel widget", "30.095", "T1", 0),
    ("CRATE", "Pine crate", "12.50", "T1", 0),
    ("LABEL", "Printed label", "0.35", "T0", 1),
    ("FITTING", "Fitting by our engineer", "75.00", "T1", 2),
]
ORDER_STATUSES = [
    "Zero allocated",
    "Part allocated",
    "Fully allocated",
    "Cancelled",
    "Part and none",
    "Part and part",
    "Part and full",
    "Part and cancelled",
    "Complete",
    "Held, part allocated",
    "Held",
    "Unallocated",
]
_COMPLETE = 8
_DAY = "2025-03-03"
_SWITCHES = {
    "exclusive": "",
    "program_version": VERSION,
    "not_registered": "",
    "service_gone": "",
    "busy": "",
    "read_only": "",
    "hang_seconds": "",
    "seats": "3",
}


def create_company(path: Path, *, user: str = "INTERLOCK", password: str = "") -> None:
    """Make the company file at `path` with its seed, for one integration user and `MANAGER`.

    Whole or not at all: it is built beside its place and moved there. Raises `FileExistsError` when one is there.
    """
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as connection, connection:
        for table in TABLES:
            connection.execute(create_statement(table))
        _seed(connection)
        for name in {user.upper(), "MANAGER"}:
            insert(connection, "SANDBOX_USER", {"NAME": name, "PASSWORD": password})
    draft.chmod(0o600)
    os.replace(draft, path)  # noqa: PTH105 - one atomic move, spelled as such


def _seed(connection: sqlite3.Connection) -> None:
    company = {"NAME": "Alder Wholesale Limited", "PROGRAM_VERSION": VERSION, "DATASET_GUID": GUID}
    insert(connection, "COMPANY", {**company, "LOCK_DATE": "2024-12-31", "FINANCIAL_YEAR": 2025})
    for name, value in _SWITCHES.items():
        insert(connection, "SANDBOX_SWITCH", {"NAME": name, "VALUE": value})
    _ledgers(connection)
    _customers(connection)
    for code, text, price, tax, kind in _PRODUCTS:
        row: Row = {"STOCK_CODE": code, "DESCRIPTION": text, "SALES_PRICE": Decimal(price), "TAX_CODE": tax}
        row |= {"UNIT_OF_SALE": "EACH", "NOMINAL_CODE": "4000", "DEPT_NUMBER": 1, "ITEM_TYPE": kind}
        row |= {"QTY_IN_STOCK": Decimal(0 if kind else 100), "INACTIVE_FLAG": 0, "RECORD_DELETED": 0}
        insert(connection, "STOCK", {**row, "RECORD_MODIFY_DATE": None if code == "LABEL" else _DAY})
    for status, text in enumerate(ORDER_STATUSES):
        _order(connection, status, text)


def _ledgers(connection: sqlite3.Connection) -> None:
    for code, name, kind in _NOMINALS:
        row = {"ACCOUNT_REF": code, "NAME": name, "ACCOUNT_TYPE": kind, "BALANCE": Decimal(0)}
        insert(connection, "NOMINAL_LEDGER", {**row, "INACTIVE_FLAG": 0, "RECORD_MODIFY_DATE": _DAY})
    for code, rate in TAX_RATES.items():
        row = {"TAX_CODE": code, "TAX_CODE_ID": int(code[1:]), "DESCRIPTION": _TAX_NAMES[code]}
        insert(connection, "TAX_CODE", {**row, "TAX_RATE": Decimal(rate), "VAT_INCLUDE": int(code != "T9")})
    for number, name in enumerate(["Default", "Wholesale", "Service"]):
        insert(connection, "DEPARTMENT", {"NUMBER": number, "NAME": name, "REFERENCE": name[:8].upper()})
    for number, code, rate in [(1, "GBP", "1"), (2, "EUR", "1.17")]:
        row = {
            "NUMBER": number,
            "CODE": code,
            "SYMBOL": code,
            "NAME": code,
            "BASE_CURRENCY": int(code == "GBP"),
        }
        insert(connection, "CURRENCY", {**row, "RATE": Decimal(rate)})
    bank = {"ACCOUNT_REF": "1200", "NAME": "Bank current account", "ACCOUNT_NUMBER": "00012345"}
    insert(connection, "BANK", {**bank, "SORT_CODE": "00-00-00", "CURRENCY": 1, "INACTIVE_FLAG": 0})


def _customers(connection: sqlite3.Connection) -> None:
    for ref, name, currency, held in _CUSTOMERS:
        row: Row = {"ACCOUNT_REF": ref, "NAME": name, "ADDRESS_1": "4 Mill Lane", "ADDRESS_3": "Leeds"}
        row |= {"ADDRESS_5": "LS1 4AB", "COUNTRY_CODE": "GB" if currency == 1 else "DE", "CURRENCY": currency}
        row |= {"DEF_TAX_CODE": "T1", "DEF_NOM_CODE": "4000", "DEPT_NUMBER": 0, "CREDIT_LIMIT": Decimal(5000)}
        row |= {"BALANCE": Decimal(0), "TERMS_AGREED": 1, "ACCOUNT_ON_HOLD": held, "INACTIVE_FLAG": 0}
        insert(connection, "SALES_LEDGER", {**row, "RECORD_CREATE_DATE": _DAY, "RECORD_MODIFY_DATE": _DAY})


def _order(connection: sqlite3.Connection, status: int, text: str) -> None:
    net = cents(Decimal(15) * Decimal("30.095"))
    tax = cents(net * Decimal("0.20"))
    totals = {
        "ITEMS_NET": net,
        "ITEMS_TAX": tax,
        "ITEMS_GROSS": net + tax,
        "INVOICE_NET": net,
        "INVOICE_TAX": tax,
    }
    totals |= {
        "INVOICE_GROSS": net + tax,
        "CARR_NET": Decimal(0),
        "CARR_TAX": Decimal(0),
        "CARR_GROSS": Decimal(0),
    }
    complete = status == _COMPLETE
    head = {
        "ORDER_NUMBER": status + 1,
        "ORDER_TYPE_CODE": 0,
        "ORDER_OR_QUOTE": "Sales Order",
        "ORDER_DATE": _DAY,
    }
    head |= {
        "ORDER_STATUS_CODE": status,
        "ALLOCATED_STATUS": text,
        "ACCOUNT_REF": "LARCH01",
        "NAME": "Larch & Co",
    }
    head |= {"DESPATCH_STATUS_CODE": 2 if complete else 0, "DESPATCH_STATUS": "Complete" if complete else ""}
    head |= {
        "CURRENCY": 1,
        "FOREIGN_RATE": Decimal(1),
        "RECORD_CREATE_DATE": _DAY,
        "RECORD_MODIFY_DATE": _DAY,
    }
    insert(connection, "SALES_ORDER", {**head, **totals, "RECORD_DELETED": 0})
    line: Row = {"ITEMID": status + 1, "ORDER_NUMBER": status + 1, "ITEM_NUMBER": 1, "STOCK_CODE": "WIDGET"}
    line |= {"DESCRIPTION": "Steel widget", "QTY_ORDER": Decimal(15), "UNIT_PRICE": Decimal("30.095")}
    line |= {"FULL_NET_AMOUNT": net, "NET_AMOUNT": net, "TAX_AMOUNT": tax, "GROSS_AMOUNT": net + tax}
    insert(
        connection, "SOP_ITEM", {**line, "NOMINAL_CODE": "4000", "TAX_CODE": "T1", "TAX_RATE": Decimal(20)}
    )
