"""The ledger: Update Ledgers, receipts and their allocation, with a double entry that must sum to zero."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.agent.company.rows import Row, insert, next_number, one, select, update
from connectors.agent.driver import Fields
from connectors.agent.refusals import SageRefusal
from connectors.agent.sandbox.checks import amount_of, fitting, open_day, same_currency, trading_account
from connectors.agent.sandbox.documents import INVOICE, lines_of

DEBTORS, SALES_TAX = "1100", "2200"
_SALE, _RECEIPT = "SI", "SA"
_RECEIPT_TEXTS = frozenset(["INV_REF", "DETAILS"])


def update_ledgers(connection: sqlite3.Connection, reference: str, user: str) -> None:
    """Post an invoice as SI: one split a line and one for carriage. Raises 17, or 49, 63, 70, 71, 73 as today."""
    invoice = one(connection, "INVOICE", reference)
    if invoice is None:
        raise SageRefusal(17, f"invoice {reference}", field="INVOICE_NUMBER")
    if invoice["POSTED_CODE"]:
        return
    trading_account(connection, invoice["ACCOUNT_REF"])
    open_day(connection, invoice["INVOICE_DATE"], "INVOICE_DATE")
    amounts = {"NET_AMOUNT": invoice["INVOICE_NET"], "TAX_AMOUNT": invoice["INVOICE_TAX"]}
    head = {"TYPE": _SALE, "DATE": invoice["INVOICE_DATE"], "ACCOUNT_REF": invoice["ACCOUNT_REF"]}
    head |= {"INV_REF": str(reference), "DUE_DATE": invoice["PAYMENT_DUE_DATE"], "USER_NAME": user}
    head |= {"CURRENCY": invoice["CURRENCY"], "FOREIGN_RATE": invoice["FOREIGN_RATE"]}
    splits = _invoice_splits(connection, invoice)
    _post(connection, {**head, **amounts}, splits, [(DEBTORS, invoice["INVOICE_GROSS"]), *_credits(splits)])
    update(connection, "INVOICE", reference, {"POSTED_CODE": 1, "RECORD_MODIFY_DATE": _today()})


def post_receipt(connection: sqlite3.Connection, fields: Fields, marker: str, user: str) -> str:
    """A payment on account: gross in NET, no tax, code T9. Raises 63, 66, 76, 78 and the account's own codes."""
    rest = dict(fields)
    account = trading_account(connection, rest.pop("ACCOUNT_REF", None))
    same_currency(connection, account, rest.pop("CURRENCY", None))
    day = open_day(connection, rest.pop("DATE", None), "DATE")
    amount = amount_of(rest.pop("AMOUNT", None), "AMOUNT")
    bank = one(connection, "BANK", rest.pop("BANK_CODE", "1200"))
    if rest.pop("TAX_CODE", "T9") not in {"T9", 9}:
        raise SageRefusal(76, field="TAX_CODE")
    if amount <= 0:
        raise SageRefusal(78, field="AMOUNT")
    if bank is None or bank["INACTIVE_FLAG"]:
        raise SageRefusal(66, field="BANK_CODE")
    texts = fitting("AUDIT_HEADER", rest, _RECEIPT_TEXTS)
    code = bank["ACCOUNT_REF"]
    head = {"TYPE": _RECEIPT, "DATE": day, "ACCOUNT_REF": account["ACCOUNT_REF"], "BANK_CODE": code, **texts}
    head |= {
        "NET_AMOUNT": amount,
        "TAX_AMOUNT": Decimal(0),
        "USER_NAME": user,
        "CURRENCY": account["CURRENCY"],
    }
    split = {"NOMINAL_CODE": code, "TAX_CODE": "T9", "NET_AMOUNT": amount, "TAX_AMOUNT": Decimal(0)}
    split |= {"EXTRA_REF": marker, "DETAILS": texts.get("DETAILS")}
    return str(_post(connection, head, [split], [(code, amount), (DEBTORS, -amount)]))


def allocate_receipt(connection: sqlite3.Connection, fields: Fields, marker: str) -> str:
    """`RECEIPT` and `INVOICE` are transaction numbers. Raises 75 for others or for more than is outstanding."""
    amount = amount_of(fields.get("AMOUNT"), "AMOUNT")
    if amount <= 0:
        raise SageRefusal(78, field="AMOUNT")
    receipt = _transaction(connection, fields.get("RECEIPT"), _RECEIPT, "RECEIPT")
    invoice = _transaction(connection, fields.get("INVOICE"), _SALE, "INVOICE")
    if receipt["ACCOUNT_REF"] != invoice["ACCOUNT_REF"]:
        raise SageRefusal(75, "the two are of different customers", field="INVOICE")
    if amount > min(receipt["OUTSTANDING"], invoice["OUTSTANDING"]):
        raise SageRefusal(75, "more than is outstanding", field="AMOUNT")
    day = open_day(connection, fields.get("DATE", _today()), "DATE")
    first = _match_splits(connection, receipt, invoice, amount, {"REFERENCE": marker, "DATE": day})
    for transaction in (receipt, invoice):
        _settle(connection, "AUDIT_HEADER", "TRAN_NUMBER", transaction, amount)
        update(connection, "AUDIT_HEADER", transaction["TRAN_NUMBER"], {"RECORD_MODIFY_DATE": _today()})
    return str(first)


def _match_splits(
    connection: sqlite3.Connection, receipt: Row, invoice: Row, amount: Decimal, usage: Row
) -> int:
    """One usage for each split of the invoice that the amount reaches, in order; the first one's number."""
    (paying,) = _splits(connection, receipt)
    first, left = 0, amount
    for split in _splits(connection, invoice):
        part = min(left, split["OUTSTANDING"])
        if part <= 0:
            continue
        number = next_number(connection, "AUDIT_USAGE")
        row = {
            "USAGE_NUMBER": number,
            "SPLIT_NUMBER": paying["SPLIT_NUMBER"],
            "TYPE": _RECEIPT,
            "AMOUNT": part,
        }
        insert(
            connection,
            "AUDIT_USAGE",
            {**usage, **row, "SPLIT_CROSSREF": split["SPLIT_NUMBER"], "DELETED_FLAG": 0},
        )
        _settle(connection, "AUDIT_SPLIT", "SPLIT_NUMBER", split, part)
        first, left = first or number, left - part
    _settle(connection, "AUDIT_SPLIT", "SPLIT_NUMBER", paying, amount)
    return first


def _settle(connection: sqlite3.Connection, table: str, key: str, row: Row, amount: Decimal) -> None:
    left = row["OUTSTANDING"] - amount
    paid = {
        "AMOUNT_PAID": row["AMOUNT_PAID"] + amount,
        "OUTSTANDING": left,
        "PAID_FLAG": "N" if left else "Y",
    }
    update(connection, table, row[key], paid)


def _splits(connection: sqlite3.Connection, header: Row) -> list[Row]:
    found = select(connection, "AUDIT_SPLIT", "TRAN_NUMBER = ?", [header["TRAN_NUMBER"]])
    return sorted(found, key=lambda split: int(split["SPLIT_NUMBER"]))


def _transaction(connection: sqlite3.Connection, number: Any, kind: str, field: str) -> Row:
    found = one(connection, "AUDIT_HEADER", number)
    if found is None or found["TYPE"] != kind or found["DELETED_FLAG"]:
        raise SageRefusal(75, str(number), field=field)
    return found


def _invoice_splits(connection: sqlite3.Connection, invoice: Row) -> list[Row]:
    wanted = ("NOMINAL_CODE", "TAX_CODE", "NET_AMOUNT", "TAX_AMOUNT", "DEPT_NUMBER")
    splits = [
        {**{name: line[name] for name in wanted}, "DETAILS": line["DESCRIPTION"]}
        for line in lines_of(connection, INVOICE, invoice["INVOICE_NUMBER"])
    ]
    if invoice["CARR_NET"]:
        carriage = {"NOMINAL_CODE": invoice["CARR_NOM_CODE"], "TAX_CODE": invoice["CARR_TAX_CODE"]}
        carriage |= {
            "NET_AMOUNT": invoice["CARR_NET"],
            "TAX_AMOUNT": invoice["CARR_TAX"],
            "DETAILS": "Carriage",
        }
        splits.append(carriage)
    return splits


def _credits(splits: Sequence[Row]) -> list[tuple[str, Decimal]]:
    tax = sum((split["TAX_AMOUNT"] for split in splits), Decimal(0))
    sales = [(str(split["NOMINAL_CODE"]), -split["NET_AMOUNT"]) for split in splits]
    return [*sales, (SALES_TAX, -tax)]


def _post(
    connection: sqlite3.Connection, head: Row, splits: Sequence[Row], entries: Sequence[tuple[str, Decimal]]
) -> int:
    """Header, splits and double entry of one transaction; its number. Raises 18 when the entries do not sum to zero."""
    if sum(amount for _, amount in entries) != 0:
        raise SageRefusal(18, "the double entry does not balance")
    number = next_number(connection, "AUDIT_HEADER")
    common = {"TRAN_NUMBER": number, "HEADER_NUMBER": number, "TYPE": head["TYPE"], "DATE": head["DATE"]}
    common |= {"ACCOUNT_REF": head["ACCOUNT_REF"], "DELETED_FLAG": 0}
    gross = head["NET_AMOUNT"] + head["TAX_AMOUNT"]
    stamps = {"RECORD_CREATE_DATE": _today(), "RECORD_MODIFY_DATE": _today(), "ITEM_COUNT": len(splits)}
    insert(connection, "AUDIT_HEADER", {**head, **common, **_unpaid(gross), **stamps})
    for split in splits:
        row = {**split, **common, **_unpaid(split["NET_AMOUNT"] + split["TAX_AMOUNT"])}
        row |= {"INV_REF": head.get("INV_REF"), "BANK_CODE": head.get("BANK_CODE")}
        insert(connection, "AUDIT_SPLIT", {**row, "SPLIT_NUMBER": next_number(connection, "AUDIT_SPLIT")})
    for nominal, amount in entries:
        entry = {"JOURNAL_NUMBER": next_number(connection, "AUDIT_JOURNAL"), "NOMINAL_CODE": nominal}
        insert(connection, "AUDIT_JOURNAL", {**common, **entry, "AMOUNT": amount})
        _add_balance(connection, "NOMINAL_LEDGER", nominal, amount)
    debtors = sum((amount for nominal, amount in entries if nominal == DEBTORS), Decimal(0))
    _add_balance(connection, "SALES_LEDGER", str(head["ACCOUNT_REF"]), debtors)
    return number


def _unpaid(gross: Decimal) -> Row:
    return {"GROSS_AMOUNT": gross, "AMOUNT_PAID": Decimal(0), "OUTSTANDING": gross, "PAID_FLAG": "N"}


def _add_balance(connection: sqlite3.Connection, table: str, key: str, amount: Decimal) -> None:
    row = one(connection, table, key)
    if row is None:
        raise SageRefusal(65, key, field="NOMINAL_CODE")
    update(connection, table, key, {"BALANCE": row["BALANCE"] + amount})


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
