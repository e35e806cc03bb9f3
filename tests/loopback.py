"""The guard that keeps every test on this machine."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

__all__ = ["LeftTheMachineError", "only_loopback"]


class LeftTheMachineError(AssertionError):
    """A test tried to reach an address that isn't loopback."""


def is_local(address: Any) -> bool:
    """Whether a socket address is a Unix socket or a loopback address, by number or as `localhost`."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave the machine, whoever makes it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not is_local(address):
            raise LeftTheMachineError(f"A test tried to connect to {address!r}.")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not is_local(address):
            raise LeftTheMachineError(f"A test tried to connect to {address!r}.")
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield
