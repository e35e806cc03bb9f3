"""Which way rings go: sockets on one machine, PostgreSQL's LISTEN/NOTIFY or Redis's publish between machines."""

from collections.abc import Callable
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from integrations.tasks.doorbell.sockets import ring_here

__all__ = ["WAYS", "Ear", "Way", "chosen", "ring", "way"]

WAYS = {
    "socket": "integrations.tasks.doorbell.ways.Sockets",
    "postgres": "integrations.tasks.doorbell.postgres.Notify",
    "redis": "integrations.tasks.doorbell.redis.Publish",
}


class Ear(Protocol):
    """Something that listens beside a drain's own socket."""

    def close(self) -> None:
        """Listen no more."""


class Way(Protocol):
    """How rings travel."""

    def ring(self) -> None:
        """Tell every drain, wherever it is. Never blocks, never fails."""

    def listen(self, heard: Callable[[], None]) -> Ear:
        """Call `heard` (from a thread of the ear's own) whenever somebody rings elsewhere."""


class Sockets:
    """One machine: rings go straight to the drains' sockets."""

    def ring(self) -> None:
        ring_here()

    def listen(self, heard: Callable[[], None]) -> Ear:
        del heard
        return _Deaf()


class _Deaf:
    """The drain's own socket hears everything there is."""

    def close(self) -> None:
        """Nothing is open."""


def chosen() -> str:
    """The way that the settings mean; `auto` is sockets when all drains are on one machine for certain."""
    if settings.DOORBELL != "auto":
        return str(settings.DOORBELL)
    databases = settings.DATABASES
    kept_here = databases["queue"] if settings.QUEUE == "embedded" else databases["default"]
    return "socket" if str(kept_here["ENGINE"]).endswith("sqlite3") else "postgres"


@cache
def way() -> Way:
    """This process's way."""
    made: Way = import_string(WAYS[chosen()])()
    return made


def ring() -> None:
    """Tell every resident drain that something is due. Never blocks, never fails."""
    way().ring()
