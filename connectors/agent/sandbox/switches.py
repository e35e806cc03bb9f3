"""The simulator's switches. They live in the company file, so that another process can turn them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from connectors.agent.company.rows import one, open_file, select, update

NAMES = (
    "exclusive",
    "program_version",
    "not_registered",
    "service_gone",
    "busy",
    "read_only",
    "hang_seconds",
    "seats",
)


def turn(path: Path, name: str, value: str) -> None:
    """Set a switch ("" = off). Raises `KeyError` for one that does not exist."""
    if name not in NAMES:
        raise KeyError(name)
    with closing(open_file(path)) as connection:
        update(connection, "SANDBOX_SWITCH", name, {"VALUE": value})


def read_switches(connection: sqlite3.Connection) -> dict[str, str]:
    return {row["NAME"]: row["VALUE"] for row in select(connection, "SANDBOX_SWITCH")}


def switch(connection: sqlite3.Connection, name: str) -> str:
    row = one(connection, "SANDBOX_SWITCH", name)
    return str(row["VALUE"]) if row else ""
