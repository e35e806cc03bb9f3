"""For every test: nothing leaves this machine, secrets have a vault key, and SQLite is a file with real transactions."""

import base64
import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

__all__ = ["LeftTheMachineError"]


class LeftTheMachineError(AssertionError):
    """A test tried to reach an address that isn't loopback."""


def pytest_configure() -> None:
    """Set before the databases are made: the installation's data key is made with them."""
    settings.VAULT_KEYS = "test:" + base64.b64encode(os.urandom(32)).decode()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Databases in files: threads and processes meet each other's locks, as in real life."""
    folder = tmp_path_factory.mktemp("databases")
    databases: dict[str, dict[str, Any]] = settings.DATABASES
    for alias, database in databases.items():
        if database["ENGINE"].endswith("sqlite3"):
            database.setdefault("TEST", {})["NAME"] = str(folder / f"{alias}.sqlite3")


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
