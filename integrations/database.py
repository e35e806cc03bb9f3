"""Database connections as something to be given back: pools on PostgreSQL, what a fork took along, and a database that is away.

A thread takes a connection at its first statement and gives it back at the end of its unit of work (`close_old_connections`), or
before it waits for a far system (`give_back`). So a process with a hundred waiting threads needs only a few connections.
"""

import os
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections

__all__ = ["AWAY", "forget_after_fork", "forget_broken", "give_back"]

AWAY = (OperationalError, InterfaceError)
"""What Django raises while the database is away, restarts, or is too busy to answer: the same again later may succeed."""
OUTSIDE_THE_THREADS = 4
"""Connections of a worker process beside its runs' threads: the writer, the claiming thread, two to spare."""
_inherited: list[Any] = []


def give_back() -> None:
    """This thread is about to wait: somebody else may use its connection, when there are fewer than threads."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.connection is None or connection.in_atomic_block:
        return
    if 0 < settings.DATABASE_POOL < settings.DRAIN_THREADS + OUTSIDE_THE_THREADS and _pool() is not None:
        connection.close()


def forget_broken() -> None:
    """After an error of `AWAY`: the pool's idle connections are closed, because a restart has broken them all."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block:
        connection.close()
    pool = _pool()
    if pool is not None and not pool.closed:
        pool.drain()


def forget_after_fork() -> None:
    """Have every forked child leave the parent's connections alone: their sockets are shared, their pools' threads are gone."""
    os.register_at_fork(after_in_child=_forget_inherited)


def _pool() -> Any:
    return getattr(connections[DEFAULT_DB_ALIAS], "pool", None)


def _forget_inherited() -> None:
    """Runs in the child, in the thread that forked. What was inherited is kept, unused: closing it would end it for the parent."""
    for connection in connections.all(initialized_only=True):
        pools: dict[str, Any] = getattr(connection, "_connection_pools", {})
        _inherited.extend(pools.values())
        pools.clear()
        if connection.connection is not None:
            _inherited.append(connection.connection)
            connection.connection = None
