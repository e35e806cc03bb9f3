"""The seam to Sage: all that the agent needs of a desktop Sage 50, whoever provides it.

`Driver` is one dataset and user; `session()` is one log-in, given back at the end whatever happens. Every method of a
session raises `SageRefusal` when Sage certainly did nothing, and anything else only when nobody can know.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Fields = Mapping[str, Any]
"""JSON-shaped; amounts and quantities as decimal text, dates as YYYY-MM-DD, columns by Sage's names."""

MAX_ROWS = 500


@dataclass(frozen=True)
class Table:
    """What may be read of one table, and by which closed windows. `key` "" = it is small and read whole."""

    name: str
    key: str = ""
    numeric: bool = False
    lines: tuple[str, str] | None = None
    """The table of its lines and their column that points back."""
    modified: str = ""
    only: tuple[str, str] | None = None


READS: dict[str, Table] = {
    "customers": Table("SALES_LEDGER", "ACCOUNT_REF", modified="RECORD_MODIFY_DATE"),
    "products": Table("STOCK", "STOCK_CODE", modified="RECORD_MODIFY_DATE"),
    "nominals": Table("NOMINAL_LEDGER"),
    "tax_codes": Table("TAX_CODE"),
    "departments": Table("DEPARTMENT"),
    "currencies": Table("CURRENCY"),
    "banks": Table("BANK"),
    "sales_orders": Table(
        "SALES_ORDER",
        "ORDER_NUMBER",
        numeric=True,
        lines=("SOP_ITEM", "ORDER_NUMBER"),
        modified="RECORD_MODIFY_DATE",
    ),
    "invoices": Table(
        "INVOICE",
        "INVOICE_NUMBER",
        numeric=True,
        lines=("INVOICE_ITEM", "INVOICE_NUMBER"),
        modified="RECORD_MODIFY_DATE",
    ),
    "ledger": Table("AUDIT_HEADER", "TRAN_NUMBER", numeric=True, modified="RECORD_MODIFY_DATE"),
    "receipts": Table(
        "AUDIT_HEADER",
        "TRAN_NUMBER",
        numeric=True,
        modified="RECORD_MODIFY_DATE",
        only=("TYPE", "SA"),
    ),
}
"""The whitelist: the server names a kind and a window and never sends SQL."""


@dataclass(frozen=True)
class Window:
    """A closed range: of keys, or of modification days (`by` = "key" or "modified"); both ends belong to it."""

    first: str
    last: str
    by: str = "key"


@dataclass(frozen=True)
class Condition:
    """How Sage is: `version` and `company` may be empty when it cannot be asked. `problem` is a sentence or empty."""

    edition: str
    version: str
    dataset_guid: str
    company: str
    odbc_ok: bool
    sdo_ok: bool
    problem: str = ""


class Session(Protocol):
    """One log-in. References of documents are their numbers as text."""

    def read(self, kind: str, window: Window | None) -> list[dict[str, Any]]:
        """Rows of `READS[kind]`, sorted by key, documents with `LINES`; amounts as decimal text."""

    def find(self, kind: str, marker: str) -> list[str]:
        """References of the "customer", "sales_order", "invoice", "receipt" or "allocation" that bears the marker."""

    def create_customer(self, fields: Fields, marker: str) -> str: ...

    def update_customer(self, reference: str, fields: Fields) -> None: ...

    def create_sales_order(self, fields: Fields, marker: str) -> str: ...

    def update_sales_order(self, reference: str, fields: Fields) -> None: ...

    def create_invoice(self, fields: Fields, marker: str) -> str:
        """The document only: nothing reaches the ledger before `update_ledgers`."""

    def update_ledgers(self, reference: str) -> None:
        """Post the invoice. One that is posted already stays as it is."""

    def post_receipt(self, fields: Fields, marker: str) -> str:
        """A payment on account (SA). Its reference is the transaction's number."""

    def allocate_receipt(self, fields: Fields, marker: str) -> str:
        """Set part of a receipt against an invoice's transaction. Its reference is the usage's number."""


class Driver(Protocol):
    """One dataset and one Sage user."""

    def condition(self) -> Condition:
        """How Sage is, without raising: what the heartbeat says."""

    def session(self) -> AbstractContextManager[Session]:
        """Log in, and off in any case. Raises `SageRefusal` (21 to 31, 48, 94)."""
