"""Wakes resident drains the moment something is due: a datagram to each drain's socket, never blocking.

A lost ring costs at most one sweep (2 s), because the database, not the bell, says what is due.
"""

import contextlib
import hashlib
import os
import socket
import tempfile
import time
from pathlib import Path

from django.conf import settings

__all__ = ["Doorbell", "ask_to_end", "ring", "runtime_folder"]

DUE, END = b"!", b"."
STALE_AFTER = 5.0  # seconds
SOCKET_PATH_LIMIT = 100  # bytes; the system's own limit is 108 with the closing zero


def runtime_folder() -> Path:
    """The short folder that holds this installation's sockets; made with mode 0700."""
    configured = settings.RUNTIME_DIR
    if configured:
        folder = Path(configured)
    else:
        name = hashlib.sha256(str(settings.DATA).encode()).hexdigest()[:10]
        folder = Path(tempfile.gettempdir()) / f"interlock-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Doorbell:
    """One drain's ear. `told_to_end`: the worker is being stopped; finish what is held and end."""

    def __init__(self, owner: str) -> None:
        self.path = runtime_folder() / f"{hashlib.sha256(owner.encode()).hexdigest()[:16]}.bell"
        if len(str(self.path).encode()) > SOCKET_PATH_LIMIT:
            raise RuntimeError(
                f"The runtime folder's path is too long for a socket: {self.path}. Set INTERLOCK_RUNTIME_DIR."
            )
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self.told_to_end = False

    def wait(self, seconds: float) -> bool:
        """Sleep until somebody rings, at most so long. True = somebody did."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            self._hear(self._socket.recv(16))
        except TimeoutError:
            return False
        self._swallow()
        return True

    def _hear(self, message: bytes) -> None:
        self.told_to_end = self.told_to_end or message == END

    def _swallow(self) -> None:
        """Rings that came together are one."""
        self._socket.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._hear(self._socket.recv(16))

    def close(self) -> None:
        self._socket.close()
        self.path.unlink(missing_ok=True)


def ring() -> None:
    """Tell every resident drain that something is due. Never blocks, never fails."""
    _send(DUE)


def ask_to_end() -> None:
    """Tell every resident drain of this machine to finish what it holds and end: a stop is announced."""
    _send(END)


def _send(message: bytes) -> None:
    for path in runtime_folder().glob("*.bell"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            bell.settimeout(0)
            try:
                bell.sendto(message, str(path))
            except (BlockingIOError, FileNotFoundError):
                continue
            except ConnectionRefusedError:
                _remove_stale(path)


def _remove_stale(path: Path) -> None:
    """A socket nobody listens on any more is left by a killed drain; young ones may just be binding."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > STALE_AFTER:
            path.unlink()
