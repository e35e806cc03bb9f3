"""Killed with SIGKILL at every boundary, each write is in Sage exactly once, and its answer is the same."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.agent.company.rows import open_file, update
from connectors.agent.journal import Journal
from connectors.agent.refusals import SageRefusal
from connectors.agent.sandbox.driver import SandboxDriver
from connectors.agent.tests.company import CUSTOMER, INVOICE, ORDER, RECEIPT, job, new_company, rows
from connectors.agent.writing import LeaseLost, OnceWriter, Refused

WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "customer": ("create_customer", {"fields": CUSTOMER}),
    "order": ("create_sales_order", {"fields": ORDER}),
    "invoice": ("create_invoice", {"fields": INVOICE, "update_ledgers": True}),
    "receipt": ("post_receipt", {"fields": RECEIPT}),
    "allocation": (
        "allocate_receipt",
        {"fields": {"RECEIPT": "2", "INVOICE": "1", "AMOUNT": "41.72", "DATE": "2025-04-03"}},
    ),
    "update": ("update_customer", {"reference": "LARCH01", "fields": {"NAME": "Larch Group"}}),
}
COUNTED = (
    "SALES_LEDGER",
    "SALES_ORDER",
    "SOP_ITEM",
    "INVOICE",
    "AUDIT_HEADER",
    "AUDIT_JOURNAL",
    "AUDIT_USAGE",
)


def child(folder: Path, write: str, deadly: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "connectors.agent.tests.once_child",
            str(folder / "company.db"),
            str(folder / "journal.db"),
            json.dumps(WRITES[write]),
            str(deadly),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def company_with_a_receipt(folder: Path) -> Path:
    folder.mkdir()
    path = new_company(folder)
    with SandboxDriver(path).session() as session:
        session.update_ledgers(session.create_invoice(INVOICE, "before-1"))
        session.post_receipt(RECEIPT, "before-2")
    return path


def contents(path: Path) -> dict[str, Any]:
    return {table: rows(path, table) for table in COUNTED}


@pytest.mark.parametrize("write", list(WRITES))
def test_a_write_killed_at_any_boundary_happens_once(tmp_path: Path, write: str) -> None:
    path = company_with_a_receipt(tmp_path / "calm")
    calm = json.loads(child(tmp_path / "calm", write, 0).stdout)
    expected = contents(path)
    assert len(calm["passed"]) >= 6
    for deadly in range(1, len(calm["passed"]) + 1):
        folder = tmp_path / f"killed-{deadly}"
        path = company_with_a_receipt(folder)
        assert child(folder, write, deadly).returncode == -signal.SIGKILL
        again = child(folder, write, 0)
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["result"] == calm["result"]
        assert contents(path) == expected, calm["passed"][deadly - 1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_company(tmp_path)


def test_a_refused_write_leaves_its_key_free(path: Path, tmp_path: Path) -> None:
    held = job("create_invoice", {"fields": {**INVOICE, "ACCOUNT_REF": "HOLLY01"}}, key="k")
    with SandboxDriver(path).session() as session:
        writer = OnceWriter(Journal(tmp_path / "j.db"), session)
        with pytest.raises(SageRefusal):
            writer.write(held, lambda: True)
        connection = open_file(path)
        update(connection, "SALES_LEDGER", "HOLLY01", {"ACCOUNT_ON_HOLD": 0})
        connection.close()
        assert writer.write(held, lambda: True) == {"reference": "1"}
        assert writer.write(held, lambda: True) == {"reference": "1"}
    assert len(rows(path, "INVOICE")) == 1


def test_what_the_writer_refuses_without_asking_sage(path: Path, tmp_path: Path) -> None:
    with SandboxDriver(path).session() as session:
        writer = OnceWriter(Journal(tmp_path / "j.db"), session)
        with pytest.raises(Refused, match="needs an idempotency key"):
            writer.write(job("create_sales_order", {"fields": ORDER}), lambda: True)
        with pytest.raises(LeaseLost):
            writer.write(job("create_sales_order", {"fields": ORDER}, key="k"), lambda: False)
        writer.write(job("create_sales_order", {"fields": ORDER}, key="k"), lambda: True)
        with pytest.raises(Refused, match="another request"):
            writer.write(job("create_customer", {"fields": CUSTOMER}, key="k"), lambda: True)
    assert len(rows(path, "SALES_ORDER")) == 13
