"""The bells of this machine: one datagram socket per drain, in a short folder. Every other way ends at such a socket, too."""

import contextlib
import hashlib
import os
import random
import socket
import tempfile
import time
from functools import cache
from pathlib import Path

from django.conf import settings

__all__ = [
    "DUE",
    "END",
    "ask_to_end",
    "bell_path",
    "call_others",
    "lead",
    "ring_here",
    "runtime_folder",
    "send",
]

DUE, END = b"!", b"."
STALE_AFTER = 5.0  # seconds
SOCKET_PATH_LIMIT = 100  # bytes; the system's own limit is 108 with the closing zero
LEADER = "_INTERLOCK_WORKER"
"""Where a worker leaves its process id for the drains of its children."""


def runtime_folder() -> Path:
    """The short folder that holds this installation's sockets; made with mode 0700."""
    folder = Path(_folder_name())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _folder_name() -> str:
    if settings.RUNTIME_DIR:
        return str(settings.RUNTIME_DIR)
    return _default_folder(str(settings.DATA))


@cache
def _default_folder(data: str) -> str:
    name = hashlib.sha256(data.encode()).hexdigest()[:10]
    return f"{tempfile.gettempdir()}/interlock-{os.getuid()}-{name}"


def lead() -> None:
    """This process is a worker: the drains of the processes it starts end when it says so, and no others."""
    os.environ[LEADER] = str(os.getpid())


def bell_path(owner: str) -> Path:
    """Where a drain listens. Raises RuntimeError when the folder's path is too long."""
    name = hashlib.sha256(owner.encode()).hexdigest()[:16]
    path = runtime_folder() / f"{os.environ.get(LEADER, '0')}-{name}.bell"
    if len(str(path).encode()) > SOCKET_PATH_LIMIT:
        raise RuntimeError(
            f"The runtime folder's path is too long for a socket: {path}. Set INTERLOCK_RUNTIME_DIR."
        )
    return path


def ring_here() -> None:
    """Tell one drain of this machine, any one, that something is due. Never blocks, never fails.

    Two that wake for one run get in each other's way; whoever finds more than it has room for calls the others.
    """
    folder = _folder_name()
    bells = _bells(folder)
    random.shuffle(bells)
    for bell in bells:
        if _send(DUE, f"{folder}/{bell}"):
            return


def call_others() -> None:
    """Tell every drain of this machine that more is due than one of them has room for."""
    send(DUE)


def ask_to_end() -> None:
    """Tell every drain of this worker to finish what it holds and end: a stop is announced."""
    send(END, f"{os.getpid()}-")


def send(message: bytes, to: str = "") -> None:
    """A datagram to every bell whose name begins with `to`."""
    folder = _folder_name()
    for name in _bells(folder):
        if name.startswith(to):
            _send(message, f"{folder}/{name}")


def _bells(folder: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(".bell")]  # noqa: PTH208 - 10 µs at each webhook
    except FileNotFoundError:
        return []


@cache
def _hand() -> socket.socket:
    """Bound to nothing, so that every thread and forked child may ring with it."""
    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)


def _send(message: bytes, path: str) -> bool:
    """False = nobody listens there any more. A bell that is full has been rung enough."""
    try:
        _hand().sendto(message, path)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    except ConnectionRefusedError:
        _remove_stale(Path(path))
        return False
    return True


def _remove_stale(path: Path) -> None:
    """A socket nobody listens on any more is left by a killed drain; young ones may just be binding."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > STALE_AFTER:
            path.unlink()
