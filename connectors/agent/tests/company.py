"""A company file for a test, what to write into it, and what it holds."""

from pathlib import Path
from typing import Any

from connectors.agent.company.rows import Row, open_file, select
from connectors.agent.company.seed import create_company
from connectors.agent.work import Job

LINE = {
    "STOCK_CODE": "WIDGET",
    "QUANTITY": "15",
    "UNIT_PRICE": "30.095",
    "NET_AMOUNT": "451.43",
    "TAX_AMOUNT": "90.29",
}
CUSTOMER = {"ACCOUNT_REF": "elm01", "NAME": "Elm & Sons"}
ORDER = {"ACCOUNT_REF": "LARCH01", "ORDER_DATE": "2025-04-01", "LINES": [LINE]}
INVOICE = {"ACCOUNT_REF": "LARCH01", "INVOICE_DATE": "2025-04-01", "LINES": [LINE]}
RECEIPT = {"ACCOUNT_REF": "LARCH01", "DATE": "2025-04-02", "AMOUNT": "541.72", "INV_REF": "1"}


def new_company(folder: Path) -> Path:
    path = folder / "company.db"
    create_company(path)
    return path


def rows(path: Path, table: str) -> list[Row]:
    connection = open_file(path)
    try:
        return select(connection, table)
    finally:
        connection.close()


def job(op: str, params: dict[str, Any] | None = None, key: str = "", job_id: str = "j1", **rest: Any) -> Job:
    given: dict[str, Any] = {"attempt": 1, "lease_s": 60.0, "connection_id": "c1", **rest}
    return Job(job_id=job_id, op=op, params=params or {}, idempotency_key=key, **given)
