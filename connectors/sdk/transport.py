"""The guarded transport under the HTTP client: one deadline over connect, send and read, and the private-address guard.

Lines to a far system are kept alive and shared by the threads of this process, each used by one call at a time. What
belongs to one call travels in its `Flight`, which the line's socket asks before every operation how much time is left.
There are no redirects, cookies, `.netrc` or proxies from the environment here.
"""

import os
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import certifi

from connectors.sdk.errors import Config
from connectors.sdk.guard import Origin, Reach, allowed, resolve

__all__ = ["Flight", "Line", "Lines", "lines_for"]

_IDLE = 15.0
"""Seconds after which a kept-alive line isn't used again: servers close idle ones, and a write that meets that moment
would have an unknown outcome."""
_KEPT = 128
"""Idle lines kept per far system and process."""
_LATE = 0.05
"""Seconds by which a socket may outlast the deadline: setting its time-out costs a system call each."""
_EARLY = 1.0


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


class _Deadline:
    """What both kinds of socket add: every operation ends at the deadline of the flight they are on."""

    flight: Flight | None = None
    _set: float = -1.0

    def settimeout(self, value: float | None, /) -> None:
        raise NotImplementedError

    def _hurry(self) -> None:
        flight = self.flight
        if flight is None:
            raise RuntimeError("a connector socket was used outside a call")
        left = flight.remaining()
        if not left - _EARLY < self._set <= left + _LATE:
            self.settimeout(left)
            self._set = left


class _PlainSocket(_Deadline, socket.socket):
    """A plain socket."""

    def settimeout(self, value: float | None, /) -> None:
        socket.socket.settimeout(self, value)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self._hurry()
        return super().recv(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._hurry()
        super().sendall(*args, **kwargs)


class _TLSSocket(_Deadline, ssl.SSLSocket):
    """The same over TLS, where `sendall` is a loop over `send`."""

    def settimeout(self, value: float | None, /) -> None:
        ssl.SSLSocket.settimeout(self, value)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self._hurry()
        return super().recv(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        return super().send(*args, **kwargs)


class Line:
    """One open connection to a far system."""

    __slots__ = ("_poll", "sock", "used_at")

    def __init__(self, sock: _PlainSocket | _TLSSocket) -> None:
        self.sock = sock
        self.used_at = time.monotonic()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)

    def send(self, data: bytes, flight: Flight) -> None:
        """Send a whole request; `before_send` has the last word before its first byte."""
        self.sock.flight = flight
        flight.remaining()
        if flight.before_send is not None:
            flight.before_send()
        flight.sent = True
        self.sock.sendall(data)

    def is_usable(self) -> bool:
        """Neither closed by the far side (or holding bytes nobody asked for) nor idle for long."""
        return time.monotonic() - self.used_at <= _IDLE and not self._poll.poll(0)

    def close(self) -> None:
        self.sock.close()


class Lines:
    """The kept-alive lines to one origin. Safe from any thread."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._idle: deque[Line] = deque()

    def take(self, flight: Flight) -> Line:
        """An idle line, or a new one. Raises `Config`, `Transient` or OSError when there is no way."""
        while True:
            try:
                line = self._idle.pop()
            except IndexError:
                flight.reused = False
                return Line(_connected(self._origin, flight))
            if line.is_usable():
                flight.reused = True
                return line
            line.close()

    def give_back(self, line: Line) -> None:
        """The answer was read to its end: the next call may use the line."""
        line.sock.flight = None
        line.used_at = time.monotonic()
        self._idle.append(line)
        self._drop_rested(line.used_at)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _drop_rested(self, now: float) -> None:
        """The longest idle stand at the left."""
        while len(self._idle) > _KEPT or (self._idle and now - self._idle[0].used_at > _IDLE):
            try:
                self._idle.popleft().close()
            except IndexError:
                return


def _connected(origin: Origin, flight: Flight) -> _PlainSocket | _TLSSocket:
    """Connect to the first address of the host that answers; every address of it must be allowed."""
    addresses = resolve(origin.host, origin.port, flight.remaining())
    for _, (address, _) in addresses:
        if not allowed(address, flight.reach):
            raise Config(
                f"The address of {origin.host} is not one this connection may reach.",
                code="address_refused",
                detail=f"{origin.host} resolves to {address}; reach is {flight.reach}",
            )
    sock = _first_that_answers(origin.host, addresses, flight)
    if origin.scheme != "https":
        return sock
    try:
        sock.settimeout(flight.remaining())
        secured = _tls_context().wrap_socket(sock, server_hostname=origin.host)
    except BaseException:
        sock.close()
        raise
    if not isinstance(secured, _TLSSocket):
        raise TypeError("the TLS context makes sockets without a deadline")
    return secured


def _first_that_answers(
    host: str, addresses: list[tuple[int, tuple[str, int]]], flight: Flight
) -> _PlainSocket:
    problem: OSError | None = None
    for family, address in addresses:
        sock = _PlainSocket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(flight.remaining())
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = error
            continue
        return sock
    raise ConnectionError(f"no address of {host} answered: {problem}")


@cache
def _tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _TLSSocket
    return context


_pools: dict[tuple[str, Reach, Origin], Lines] = {}
_lock = threading.Lock()


def lines_for(connection: str, reach: Reach, origin: Origin) -> Lines:
    """A connection's lines: kept alive, and shared by all threads of this process."""
    key = (connection, reach, origin)
    lines = _pools.get(key)
    if lines is not None:
        return lines
    with _lock:
        return _pools.setdefault(key, Lines(origin))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)
