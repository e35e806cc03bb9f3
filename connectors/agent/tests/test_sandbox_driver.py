"""The sandbox driver keeps SDO's rules: references, lengths, log-ins, documents before the ledger, receipts."""

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.agent.company.rows import insert, open_file, update
from connectors.agent.driver import Session, Window
from connectors.agent.refusals import SageRefusal, Unsupported
from connectors.agent.sandbox.driver import SandboxDriver
from connectors.agent.sandbox.switches import turn
from connectors.agent.tests.company import CUSTOMER, INVOICE, LINE, ORDER, RECEIPT, new_company, rows

Act = Callable[[Session], Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_company(tmp_path)


def refused(path: Path, act: Act) -> int:
    with SandboxDriver(path).session() as session, pytest.raises(SageRefusal) as refusal:
        act(session)
    return refusal.value.code


def log_in(driver: SandboxDriver) -> None:
    with driver.session():
        pass


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("exclusive", "1", 24),
        ("program_version", "33.0", 26),
        ("seats", "0", 30),
        ("not_registered", "1", 31),
        ("busy", "1", 48),
        ("service_gone", "1", 94),
    ],
)
def test_a_switch_in_the_file_refuses_the_log_in(path: Path, name: str, value: str, code: int) -> None:
    turn(path, name, value)
    with pytest.raises(SageRefusal) as refusal:
        log_in(SandboxDriver(path))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("user", "password", "code"), [("NOBODY", "", 21), ("INTERLOCK", "wrong", 22)], ids=["user", "password"]
)
def test_who_may_not_log_in(path: Path, user: str, password: str, code: int) -> None:
    with pytest.raises(SageRefusal) as refusal:
        log_in(SandboxDriver(path, user, password))
    assert refusal.value.code == code


def test_a_missing_folder_is_a_bad_path(tmp_path: Path) -> None:
    driver = SandboxDriver(tmp_path / "none.db")
    with pytest.raises(SageRefusal) as refusal:
        log_in(driver)
    assert refusal.value.code == 25
    assert "cannot be found" in driver.condition().problem


def test_a_user_logs_in_once_and_is_free_again_afterwards(path: Path) -> None:
    driver = SandboxDriver(path)
    with driver.session(), pytest.raises(SageRefusal) as refusal:
        log_in(driver)
    assert refusal.value.code == 23
    log_in(driver)


def test_a_dead_process_no_longer_uses_its_name(path: Path) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    connection = open_file(path)
    insert(connection, "SANDBOX_SESSION", {"NAME": "INTERLOCK", "TOKEN": "t", "PROCESS": child})
    connection.close()
    log_in(SandboxDriver(path))


def test_a_switch_turned_meanwhile_stops_the_next_call(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        turn(path, "service_gone", "1")
        with pytest.raises(SageRefusal) as refusal:
            session.create_customer(CUSTOMER, "m")
    assert refusal.value.code == 94
    assert len(rows(path, "SALES_LEDGER")) == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ACCOUNT_REF": ""}, 63),
        ({"ACCOUNT_REF": "A B"}, 82),
        ({"ADDRESS_1": "x" * 61}, 83),
        ({"ACCOUNT_REF": "larch01"}, 84),
        ({"ACCOUNT_REF": "TOOLONG01"}, 86),
        ({"ACCOUNT_REF": "A*B"}, 86),
        ({"DEF_NOM_CODE": "7777"}, 65),
        ({"CREDIT_LIMIT": 1.5}, 18),
    ],
)
def test_customers_sage_does_not_take(path: Path, change: dict[str, Any], code: int) -> None:
    assert refused(path, lambda session: session.create_customer({**CUSTOMER, **change}, "m")) == code


@pytest.mark.parametrize(
    ("change", "line", "code"),
    [
        ({"ACCOUNT_REF": "NOBODY"}, {}, 63),
        ({"ACCOUNT_REF": "HOLLY01"}, {}, 70),
        ({"CURRENCY": "EUR"}, {}, 34),
        ({"INVOICE_DATE": "2024-12-31"}, {}, 49),
        ({"INVOICE_DATE": "soon"}, {}, 87),
        ({}, {"NOMINAL_CODE": "7777"}, 65),
        ({}, {"NOMINAL_CODE": "1100"}, 88),
        ({}, {"STOCK_CODE": "NONE"}, 90),
        ({}, {"NET_AMOUNT": "451.44"}, 18),
        ({}, {"TAX_AMOUNT": "9.00"}, 18),
        ({}, {"NET_AMOUNT": 451.43}, 18),
        ({}, {"NET_AMOUNT": "-1.00"}, 89),
    ],
)
def test_invoices_sage_does_not_take(
    path: Path, change: dict[str, Any], line: dict[str, Any], code: int
) -> None:
    fields = {**INVOICE, "LINES": [{**LINE, **line}], **change}
    assert refused(path, lambda session: session.create_invoice(fields, "m")) == code
    assert rows(path, "INVOICE") == []


def test_an_inactive_customer_takes_no_order(path: Path) -> None:
    connection = open_file(path)
    update(connection, "SALES_LEDGER", "LARCH01", {"INACTIVE_FLAG": 1})
    connection.close()
    assert refused(path, lambda session: session.create_sales_order(ORDER, "m")) == 71


def test_references_are_upper_case_and_numbers_follow_one_another(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        assert session.create_customer(CUSTOMER, "m1") == "ELM01"
        assert [session.create_sales_order(ORDER, f"m{n}") for n in (2, 3)] == ["13", "14"]
        assert session.find("customer", "m1") == ["ELM01"]
        assert session.find("sales_order", "m3") == ["14"]


def test_a_document_reaches_the_ledger_only_by_update_ledgers_and_once(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        number = session.create_invoice({**INVOICE, "CARR_NET": "10.00"}, "m")
        assert rows(path, "AUDIT_HEADER") == []
        session.update_ledgers(number)
        session.update_ledgers(number)
    (header,) = rows(path, "AUDIT_HEADER")
    assert (header["TYPE"], header["INV_REF"], header["OUTSTANDING"]) == ("SI", "1", Decimal("553.72"))
    journal = rows(path, "AUDIT_JOURNAL")
    assert sum(entry["AMOUNT"] for entry in journal) == 0
    assert {entry["NOMINAL_CODE"] for entry in journal} == {"1100", "2200", "4000", "4905"}


def test_a_receipt_pays_when_it_is_allocated(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        session.update_ledgers(session.create_invoice(INVOICE, "m1"))
        receipt = session.post_receipt(RECEIPT, "m2")
        pay = {"RECEIPT": receipt, "INVOICE": "1", "DATE": "2025-04-02"}
        session.allocate_receipt({**pay, "AMOUNT": "41.72"}, "m3")
        (invoice, _) = rows(path, "AUDIT_HEADER")
        assert (invoice["OUTSTANDING"], invoice["PAID_FLAG"]) == (Decimal("500.00"), "N")
        with pytest.raises(SageRefusal) as refusal:
            session.allocate_receipt({**pay, "AMOUNT": "500.01"}, "m4")
        assert refusal.value.code == 75
        session.allocate_receipt({**pay, "AMOUNT": "500.00"}, "m5")
    assert {row["PAID_FLAG"] for row in rows(path, "AUDIT_HEADER")} == {"Y"}
    assert sum(row["AMOUNT"] for row in rows(path, "AUDIT_USAGE")) == Decimal("541.72")
    balance = {row["ACCOUNT_REF"]: row["BALANCE"] for row in rows(path, "SALES_LEDGER")}
    assert balance["LARCH01"] == 0


def test_a_customer_with_transactions_keeps_its_currency(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        session.update_customer("BIRCH01", {"CURRENCY": "EUR", "NAME": "Birch GmbH"})
        session.post_receipt(RECEIPT, "m")
    assert refused(path, lambda again: again.update_customer("LARCH01", {"CURRENCY": "EUR"})) == 95


@pytest.mark.parametrize("number", ["4", "8", "9"], ids=["cancelled", "part cancelled", "complete"])
def test_a_closed_order_does_not_change(path: Path, number: str) -> None:
    assert refused(path, lambda session: session.update_sales_order(number, {"NOTES_1": "x"})) == 18


def test_reads_take_closed_windows_and_give_decimal_text(path: Path) -> None:
    with SandboxDriver(path).session() as session:
        found = session.read("sales_orders", Window("2", "3"))
        assert [order["ORDER_NUMBER"] for order in found] == [2, 3]
        assert found[0]["LINES"][0]["UNIT_PRICE"] == "30.095"
        assert found[0]["INVOICE_GROSS"] == "541.72"
        days = session.read("products", Window("2025-03-01", "2025-03-31", by="modified"))
        assert "LABEL" not in {product["STOCK_CODE"] for product in days}
        assert len(session.read("tax_codes", None)) == 8
        for kind, window in (("customers", None), ("users", Window("A", "Z"))):
            with pytest.raises(Unsupported):
                session.read(kind, window)
