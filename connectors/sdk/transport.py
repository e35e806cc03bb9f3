"""The guarded transport under the HTTP client: one deadline over connect, send and read, and the private-address guard.

`requests` limits each read, not the whole call, so the sockets themselves ask how much time is left before every
operation. The transport is used without a `requests.Session`, hence without redirects, cookies, `.netrc` or proxies
from the environment. What belongs to one call travels in a thread-local `Flight`.
"""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import certifi
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from connectors.sdk.errors import Config
from connectors.sdk.guard import Reach, allowed, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Flight", "adapter_for", "flying"]

_IDLE = 15.0
"""Seconds after which a kept-alive connection isn't used again: servers close idle ones, and a write that meets that
moment would have an unknown outcome."""


@dataclass(slots=True)
class Flight:
    """One HTTP call under way. `until` is on `now`'s clock; `before_send` runs once, before the first byte leaves."""

    until: float
    now: Callable[[], float]
    reach: Reach
    before_send: Callable[[], None] | None = None
    sent: bool = False
    reused: bool = False

    def remaining(self) -> float:
        """Seconds left. Raises `TimeoutError` when there are none."""
        left = self.until - self.now()
        if left <= 0:
            raise TimeoutError("the call's deadline has passed")
        return left


_local = threading.local()


@contextmanager
def flying(flight: Flight) -> "Iterator[Flight]":
    """Make `flight` the one that this thread's sockets obey."""
    _local.flight = flight
    try:
        yield flight
    finally:
        _local.flight = None


def _flight() -> Flight:
    flight: Flight | None = getattr(_local, "flight", None)
    if flight is None:
        raise RuntimeError("a connector socket was used outside a call")
    return flight


class _DeadlineSocket(socket.socket):
    """A plain socket whose every operation ends at the call's deadline."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_flight().remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_flight().remaining())
        super().sendall(*args, **kwargs)


class _DeadlineTLSSocket(ssl.SSLSocket):
    """The same over TLS, where `sendall` is a loop over `send`."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_flight().remaining())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_flight().remaining())
        return super().send(*args, **kwargs)


class _Guarded:
    """What both kinds of connection add: guarded connecting, the last check before sending, and an idle limit."""

    host: str
    port: int
    sock: socket.socket | None
    socket_options: Any
    _used_at: float = 0.0

    def _new_conn(self) -> socket.socket:
        """Connect to the first address of the host that answers; every address of it must be allowed."""
        flight = _flight()
        addresses = resolve(self.host, self.port, flight.remaining())
        for _, (address, _) in addresses:
            if not allowed(address, flight.reach):
                raise Config(
                    f"The address of {self.host} is not one this connection may reach.",
                    code="address_refused",
                    detail=f"{self.host} resolves to {address}; reach is {flight.reach}",
                )
        return self._first_that_answers(addresses, flight)

    def _first_that_answers(
        self, addresses: list[tuple[int, tuple[str, int]]], flight: Flight
    ) -> socket.socket:
        problem: OSError | None = None
        for family, address in addresses:
            sock = _DeadlineSocket(family, socket.SOCK_STREAM)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(flight.remaining())
                sock.connect(address)
            except OSError as error:
                sock.close()
                problem = error
                continue
            return sock
        raise ConnectionError(f"no address of {self.host} answered: {problem}")

    def _ready(self) -> None:
        """Called with an open connection, right before the first byte of the request."""
        flight = _flight()
        flight.remaining()
        if flight.before_send is not None:
            flight.before_send()
        self._used_at = time.monotonic()
        flight.sent = True

    def _rested(self) -> bool:
        return self._used_at > 0 and time.monotonic() - self._used_at > _IDLE


class _PlainConnection(_Guarded, HTTPConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        _flight().reused = self.sock is not None
        if self.sock is None:
            self.connect()
        self._ready()
        super().request(*args, **kwargs)

    @property
    def is_connected(self) -> bool:
        return not self._rested() and super().is_connected


class _TLSConnection(_Guarded, HTTPSConnection):
    def request(self, *args: Any, **kwargs: Any) -> None:
        _flight().reused = self.sock is not None and not self._fresh
        if self.sock is None:
            self.connect()
        self._fresh = False
        self._ready()
        super().request(*args, **kwargs)

    _fresh = False

    def connect(self) -> None:
        super().connect()
        self._fresh = True

    @property
    def is_connected(self) -> bool:
        return not self._rested() and super().is_connected


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _GuardedAdapter(HTTPAdapter):
    """A `requests` transport over guarded connections; its pools are shared by threads."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **rest: Any) -> None:  # noqa: FBT001, FBT002 - requests' signature
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, ssl_context=_tls_context(), **rest
        )
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TLSPool}

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Nothing to set per connection: the context verifies certificates and host names."""


@cache
def _tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _DeadlineTLSSocket
    return context


_adapters: dict[tuple[str, Reach], _GuardedAdapter] = {}
_lock = threading.Lock()


def adapter_for(connection: str, reach: Reach) -> HTTPAdapter:
    """The transport of a connection: its keep-alive pool is shared by all threads of this process."""
    key = (connection, reach)
    adapter = _adapters.get(key)
    if adapter is not None:
        return adapter
    with _lock:
        return _adapters.setdefault(key, _GuardedAdapter(pool_connections=4, pool_maxsize=32))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_adapters.clear)
