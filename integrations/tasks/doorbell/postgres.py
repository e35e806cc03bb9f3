"""The doorbell between machines over PostgreSQL: NOTIFY by whoever makes something due, LISTEN by each drain's process.

Each side has a connection of its own, outside the pool, and makes a new one when it breaks. A connection pooler that hands a
connection to another client after each transaction (pgbouncer in transaction mode) can't carry LISTEN: use Redis there.
"""

import logging
import os
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connections
from psycopg import Connection

from integrations.tasks.doorbell.ringer import Ringer

__all__ = ["Notify"]

logger = logging.getLogger(__name__)
CHANNEL = "interlock_due"
STILL_THERE = 20.0  # seconds without a word after which a listener asks whether its connection lives
AGAIN = 1.0  # seconds before a broken listener connects anew
ALIVE = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Notify:
    """Rings by NOTIFY. One ringer for the process, one listening thread and connection per ear."""

    def __init__(self) -> None:
        self._connection: Connection[Any] | None = None
        self._process = 0
        self._ringer = Ringer(self._notify, (psycopg.Error,))

    def ring(self) -> None:
        self._ringer.ring()

    def listen(self, heard: Callable[[], None]) -> "Listener":
        return Listener(heard)

    def _notify(self) -> None:
        """On the ringer's thread. A connection that broke since the last ring, or that a fork took along, is replaced at once."""
        connection = self._connection if self._process == os.getpid() else None
        if connection is not None and not connection.closed:
            try:
                connection.execute(f"NOTIFY {CHANNEL}")
            except psycopg.OperationalError:
                connection.close()
            else:
                return
        self._connection, self._process = connect("interlock doorbell"), os.getpid()
        self._connection.execute(f"NOTIFY {CHANNEL}")


class Listener:
    """Listens on a thread of its own until it is closed; after each break it rings once, because it may have missed one."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.close()
        self._thread.join()
        self._stopped.close()

    def _serve(self) -> None:
        silent = False
        while not self._told_to_stop(0):
            try:
                with connect("interlock drain") as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    silent = False
                    self._heard()
                    self._listen(connection)
            except psycopg.Error as trouble:
                if not silent:
                    logger.warning("can't hear the doorbell, looking every 2 s instead: %s", trouble)
                silent = True
                self._told_to_stop(AGAIN)

    def _listen(self, connection: Connection[Any]) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._stopped, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(STILL_THERE)]
                if self._stopped in ready:
                    return
                if not ready:
                    connection.execute("SELECT 1")
                elif any(True for _ in connection.notifies(timeout=0)):
                    self._heard()

    def _told_to_stop(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            return bool(selector.select(seconds))


def connect(name: str) -> Connection[Any]:
    """A connection beside Django's own, each statement its own transaction. Raises `psycopg.OperationalError`."""
    parameters = connections["default"].get_connection_params()
    return psycopg.connect(**{**parameters, **ALIVE, "application_name": name}, autocommit=True)
