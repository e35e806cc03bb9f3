"""What Interlock is measured on: each gives the environment of an installation, with its servers running meanwhile."""

import contextlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from tests.servers import postgres, redis

__all__ = ["BACKENDS"]

_KEPT = ("INTERLOCK_DRAIN_SLOTS", "INTERLOCK_DRAIN_THREADS", "INTERLOCK_DATABASE_POOL")
"""What sizes an installation and may be tried out; every other setting is the bench's own."""


def _clean() -> dict[str, str]:
    """This process's environment without any setting of an installation's but those that size it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("INTERLOCK_") or name in _KEPT
    }


@contextlib.contextmanager
def _sqlite() -> Iterator[dict[str, str]]:
    """The embedded default: nothing but files."""
    yield _clean()


@contextlib.contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    """A PostgreSQL server with its defaults (fsync on); the queue stays embedded."""
    with postgres() as database:
        yield _clean() | {"INTERLOCK_DATABASE_URL": database.url}


@contextlib.contextmanager
def _distributed() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis, Celery's workers."""
    with postgres() as database, redis() as broker:
        yield _clean() | {
            "INTERLOCK_DATABASE_URL": database.url,
            "INTERLOCK_QUEUE": "celery",
            "INTERLOCK_BROKER_URL": broker.url,
        }


BACKENDS: dict[str, Callable[[], AbstractContextManager[dict[str, str]]]] = {
    "sqlite": _sqlite,
    "postgres": _postgres,
    "distributed": _distributed,
}
"""By name."""
