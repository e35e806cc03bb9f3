"""Writers of one SQLite file take turns: nobody is left waiting while two others write all the time."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.fair_sqlite3.base import DatabaseWrapper

HOLD_FOR_EVER = """
import sys
from tests.fair_sqlite3.test_turns import begin, connected
connection = connected(sys.argv[1])
begin(connection)
print("begun", flush=True)
sys.stdin.read()
"""
OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}


@pytest.fixture(autouse=True)
def own_connections(django_db_blocker: Any) -> Iterator[None]:
    """These tests make their connections themselves."""
    with django_db_blocker.unblock():
        yield


def connected(path: Path | str) -> DatabaseWrapper:
    settings: dict[str, Any] = {
        "ENGINE": "integrations.fair_sqlite3",
        "NAME": str(path),
        "OPTIONS": dict(OPTIONS),
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "TEST": {},
    }
    return DatabaseWrapper(settings, "turns")


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def finish(connection: DatabaseWrapper, how: Callable[[], None]) -> None:
    how()
    connection.set_autocommit(True)


def is_free(path: Path) -> bool:
    descriptor = os.open(f"{path}-turn", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


@pytest.mark.parametrize("how", ["commit", "rollback"])
def test_a_turn_lasts_as_long_as_the_transaction(tmp_path: Path, how: str) -> None:
    connection = connected(tmp_path / "a.sqlite3")
    begin(connection)
    assert not is_free(tmp_path / "a.sqlite3")
    finish(connection, getattr(connection, how))
    assert is_free(tmp_path / "a.sqlite3")
    connection.close()


def test_a_transaction_that_cannot_begin_gives_its_turn_back(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    connection = connected(path)
    connection.settings_dict["OPTIONS"]["timeout"] = 0
    with pytest.raises(Exception, match="locked"):
        begin(connection)
    assert is_free(path)
    holder.close()
    connection.close()


def test_a_killed_writer_leaves_no_turn_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_FOR_EVER, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    assert not is_free(path)
    child.kill()
    child.communicate()
    assert is_free(path)


def test_a_database_in_memory_has_no_turns() -> None:
    connection = connected(":memory:")
    begin(connection)
    finish(connection, connection.commit)
    connection.close()
    assert not Path(":memory:-turn").exists()
