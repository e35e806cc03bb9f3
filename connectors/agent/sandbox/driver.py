"""The sandbox driver: logs in, reads and writes as SDO would, each write in one transaction of the company file."""

import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.agent.company.rows import Row, insert, one, open_file, select
from connectors.agent.company.seed import VERSION
from connectors.agent.driver import READS, Condition, Fields, Table, Window
from connectors.agent.refusals import SageRefusal, Unsupported
from connectors.agent.sandbox import customers, documents, ledger
from connectors.agent.sandbox.switches import read_switches, switch

Boundary = Callable[[str], None]

_MARKED = {
    "customer": ("SALES_LEDGER", "ANALYSIS_3", "ACCOUNT_REF"),
    "sales_order": ("SALES_ORDER", "TAKEN_BY", "ORDER_NUMBER"),
    "invoice": ("INVOICE", "TAKEN_BY", "INVOICE_NUMBER"),
    "receipt": ("AUDIT_SPLIT", "EXTRA_REF", "TRAN_NUMBER"),
}
"""Kind → table, the column that bears the marker, the column that is the reference."""
_REFUSING = {"service_gone": 94, "not_registered": 31, "exclusive": 24, "busy": 48}


@dataclass(frozen=True)
class SandboxDriver:
    """One company file and one user. `version` is the Sage version this driver was made for."""

    path: Path
    user: str = "INTERLOCK"
    password: str = ""
    version: str = VERSION
    boundary: Boundary = lambda _: None
    """Called before and after every commit: where a test ends the process."""

    def condition(self) -> Condition:
        try:
            with closing(self._open()) as connection:
                company = select(connection, "COMPANY")[0]
                self._check_open(connection)
        except SageRefusal as refusal:
            return Condition(
                "uk", self.version, "", "", odbc_ok=False, sdo_ok=False, problem=refusal.sentence
            )
        return Condition(
            "uk", self.version, company["DATASET_GUID"], company["NAME"], odbc_ok=True, sdo_ok=True
        )

    @contextmanager
    def session(self) -> Iterator["SandboxSession"]:
        connection = self._open()
        token = uuid.uuid4().hex
        try:
            with _transaction(connection):
                self._log_in(connection, token)
            try:
                yield SandboxSession(connection, self.user.upper(), token, self.boundary)
            finally:
                connection.execute("DELETE FROM SANDBOX_SESSION WHERE TOKEN = ?", [token])
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        try:
            connection = open_file(self.path)
            select(connection, "COMPANY")
        except (FileNotFoundError, sqlite3.DatabaseError) as error:
            raise SageRefusal(25) from error
        return connection

    def _check_open(self, connection: sqlite3.Connection) -> None:
        switches = read_switches(connection)
        for name, code in _REFUSING.items():
            if switches[name]:
                raise SageRefusal(code)
        if switches["program_version"] != self.version:
            raise SageRefusal(26)

    def _log_in(self, connection: sqlite3.Connection, token: str) -> None:
        self._check_open(connection)
        user = one(connection, "SANDBOX_USER", self.user.upper())
        if user is None:
            raise SageRefusal(21)
        if user["PASSWORD"] != self.password:
            raise SageRefusal(22)
        sessions = [row for row in select(connection, "SANDBOX_SESSION") if _alive(row["PROCESS"])]
        if any(row["NAME"] == user["NAME"] for row in sessions):
            raise SageRefusal(23)
        if len(sessions) >= int(switch(connection, "seats")):
            raise SageRefusal(30)
        # A log-in clears what a dead session of the same user left in the queue file.
        connection.execute("DELETE FROM SANDBOX_SESSION WHERE NAME = ?", [user["NAME"]])
        row = {"NAME": user["NAME"], "TOKEN": token, "PROCESS": os.getpid()}
        insert(connection, "SANDBOX_SESSION", row)


@dataclass(frozen=True)
class SandboxSession:
    """A log-in that still stands; every call checks that it does."""

    connection: sqlite3.Connection
    user: str
    token: str
    boundary: Boundary

    def read(self, kind: str, window: Window | None) -> list[Row]:
        table = READS.get(kind)
        if table is None:
            raise Unsupported(f"This agent does not read {kind}.")
        self._check()
        where, values = _clause(table, window)
        rows = select(self.connection, table.name, where, values)
        rows.sort(key=lambda row: next(iter(row.values())))
        for row in rows:
            if table.lines:
                lines, column = table.lines
                row["LINES"] = select(self.connection, lines, f"{column} = ?", [row[column]])
        return [_as_text(row) for row in rows]

    def find(self, kind: str, marker: str) -> list[str]:
        self._check()
        if kind == "allocation":
            found = select(self.connection, "AUDIT_USAGE", "REFERENCE = ?", [marker])
            # One allocation has a usage for each split it reaches; the first is its reference.
            return [str(min(int(row["USAGE_NUMBER"]) for row in found))] if found else []
        table, column, reference = _MARKED[kind]
        rows = select(self.connection, table, f"{column} = ?", [marker])
        return sorted({str(row[reference]) for row in rows})

    def create_customer(self, fields: Fields, marker: str) -> str:
        with self._writing():
            return customers.create_customer(self.connection, fields, marker)

    def update_customer(self, reference: str, fields: Fields) -> None:
        with self._writing():
            customers.update_customer(self.connection, reference, fields)

    def create_sales_order(self, fields: Fields, marker: str) -> str:
        with self._writing():
            return documents.create_sales_order(self.connection, fields, marker)

    def update_sales_order(self, reference: str, fields: Fields) -> None:
        with self._writing():
            documents.update_sales_order(self.connection, reference, fields)

    def create_invoice(self, fields: Fields, marker: str) -> str:
        with self._writing():
            return documents.create_invoice(self.connection, fields, marker)

    def update_ledgers(self, reference: str) -> None:
        with self._writing():
            ledger.update_ledgers(self.connection, reference, self.user)

    def post_receipt(self, fields: Fields, marker: str) -> str:
        with self._writing():
            return ledger.post_receipt(self.connection, fields, marker, self.user)

    def allocate_receipt(self, fields: Fields, marker: str) -> str:
        with self._writing():
            return ledger.allocate_receipt(self.connection, fields, marker)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _transaction(self.connection):
            self._check()
            if switch(self.connection, "read_only"):
                raise SageRefusal(32)
            yield
            self.boundary("before Sage commits")
        self.boundary("after Sage committed")

    def _check(self) -> None:
        """Raises 94, 24 and so on when a switch was turned meanwhile, 91 when the session was ended."""
        switches = read_switches(self.connection)
        if switches["hang_seconds"]:
            time.sleep(float(switches["hang_seconds"]))
        for name, code in _REFUSING.items():
            if switches[name]:
                raise SageRefusal(code)
        if not select(self.connection, "SANDBOX_SESSION", "TOKEN = ?", [self.token]):
            raise SageRefusal(91)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _clause(table: Table, window: Window | None) -> tuple[str, list[Any]]:
    parts, values = ["1 = 1"], list[Any]()
    if table.only:
        parts.append(f"{table.only[0]} = ?")
        values.append(table.only[1])
    if window is None:
        if table.key:
            raise Unsupported("This table is read only by a closed window of keys or days.")
        return " AND ".join(parts), values
    by = {"key": table.key, "modified": table.modified}.get(window.by)
    if not by:
        raise Unsupported("This table is not read by such a window.")
    ends: list[Any] = [window.first, window.last]
    if table.numeric and window.by == "key":
        if not all(end.isdecimal() for end in (window.first, window.last)):
            raise SageRefusal(18, "the window's ends are numbers")
        ends = [int(end) for end in ends]
    return " AND ".join([*parts, f"{by} >= ? AND {by} <= ?"]), [*values, *ends]


def _as_text(row: Row) -> Row:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_text(row) for row in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def _alive(process: int) -> bool:
    if os.name == "nt" or process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
