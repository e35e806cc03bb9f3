"""What Interlock stands on while it is tried: SQLite with its embedded queue, or PostgreSQL and Redis, restarted and emptied."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tests.servers import Postgres, Redis, postgres, redis

__all__ = ["BACKENDS", "Backend", "backend"]

DOWN = 1.0  # seconds a restarted database server stays away


class Backend(Protocol):
    """`restart_database` is None where the database is a file: then everything is killed at once instead."""

    name: str

    def env(self) -> Mapping[str, str]:
        """The settings that make Interlock use it."""

    def ask(self, data: Path, question: str) -> list[Sequence[Any]]:
        """Rows of one SELECT on the business database, past Interlock."""

    def restart_database(self) -> bool:
        """Restart the database server. False = there is none."""

    def flush_broker(self, data: Path) -> int:
        """Forget every queued message; returns how many there were (-1 = unknown)."""


class Embedded:
    """SQLite files, django-q2's queue in one of its own."""

    name = "sqlite"

    def env(self) -> Mapping[str, str]:
        return {}

    def ask(self, data: Path, question: str) -> list[Sequence[Any]]:
        address = f"file:{data / 'interlock.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
            return list(connection.execute(question))

    def restart_database(self) -> bool:
        return False

    def flush_broker(self, data: Path) -> int:
        with (
            contextlib.closing(sqlite3.connect(data / "queue.sqlite3", timeout=30)) as connection,
            connection,
        ):
            return connection.execute("DELETE FROM django_q_ormq").rowcount


class Distributed:
    """PostgreSQL with fsync, Celery on Redis."""

    name = "postgres"

    def __init__(self, database: Postgres, broker: Redis) -> None:
        self._database = database
        self._broker = broker

    def env(self) -> Mapping[str, str]:
        return {
            "INTERLOCK_QUEUE": "celery",
            "INTERLOCK_DATABASE_URL": self._database.url,
            "INTERLOCK_BROKER_URL": self._broker.url,
        }

    def ask(self, data: Path, question: str) -> list[Sequence[Any]]:
        del data
        with psycopg.connect(self._database.address(), connect_timeout=10) as connection:
            return list(connection.execute(question))

    def restart_database(self) -> bool:
        self._database.restart(DOWN)
        return True

    def flush_broker(self, data: Path) -> int:
        del data
        self._broker.flush()
        return -1


BACKENDS = ("sqlite", "postgres")


@contextlib.contextmanager
def backend(name: str) -> Iterator[Backend]:
    """The servers of one backend, as long as the context lasts."""
    if name == "sqlite":
        yield Embedded()
        return
    with postgres({"max_connections": "200"}) as database, redis() as broker:
        yield Distributed(database, broker)
