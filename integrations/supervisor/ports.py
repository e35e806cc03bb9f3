"""Loopback ports: is one taken, does somebody answer there, which ones are free."""

import contextlib
import http.client
import socket
import time
from collections.abc import Iterable
from http import HTTPStatus

__all__ = ["PortInUseError", "ReadyPage", "answers", "free_ports", "refuse_taken"]

ASK_EVERY = 0.2  # seconds


class PortInUseError(Exception):
    """A port Interlock needs belongs to another program. The text is one sentence for a person."""


def refuse_taken(host: str, ports: Iterable[int]) -> None:
    """Raise `PortInUseError` for the first port that can't be listened on."""
    for port in ports:
        with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OverflowError:
                raise PortInUseError(f"{port} is not a port: ports end at 65535.") from None
            except OSError as problem:
                raise PortInUseError(
                    f"Port {port} can't be used ({problem.strerror or problem}): "
                    "stop the program that has it, or choose another with --port."
                ) from None


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """That many different ports nobody listens on right now."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket(_family(host), socket.SOCK_STREAM)) for _ in range(count)]
        for one in sockets:
            one.bind((host, 0))
        return [int(one.getsockname()[1]) for one in sockets]


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


class ReadyPage:
    """The web process's own word that everything works: database, tables, and a worker that carries runs.

    It is asked five times a second at most: to answer is work.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._asked_at = 0.0

    def says_yes(self) -> bool:
        if time.monotonic() - self._asked_at < ASK_EVERY or not answers(self._host, self._port):
            return False
        connection = http.client.HTTPConnection(self._host, self._port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
            self._asked_at = time.monotonic()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
