"""One drain's ear: its own socket, and whatever brings rings from other machines to that socket."""

import contextlib
import select
import socket

from integrations.tasks.doorbell.sockets import DUE, END, bell_path
from integrations.tasks.doorbell.ways import way

__all__ = ["Doorbell"]


class Doorbell:
    """`told_to_end`: the worker is being stopped; finish what is held and end."""

    def __init__(self, owner: str) -> None:
        self._path = bell_path(owner)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._path.unlink(missing_ok=True)  # a killed drain left it behind, and its message came again
        self._socket.bind(str(self._path))
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._rung = False
        self._ended = False
        self._ear = way().listen(self._ring_self)

    @property
    def told_to_end(self) -> bool:
        """Whether the end was announced by now, also to a drain that never rests."""
        if not self._ended:
            self._swallow()
        return self._ended

    def wait(self, seconds: float) -> bool:
        """Sleep until somebody rings, at most so long. True = somebody did, maybe before we began to wait."""
        if not self._rung:
            self._readable.poll(max(seconds, 0.0) * 1000)
        self._swallow()
        rung, self._rung = self._rung, False
        return rung

    def close(self) -> None:
        self._ear.close()
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _ring_self(self) -> None:
        """Called by the ear's thread: a ring from elsewhere becomes one of ours."""
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as bell,
            contextlib.suppress(OSError),
        ):
            bell.sendto(DUE, str(self._path))

    def _hear(self, message: bytes) -> None:
        self._rung = True
        self._ended = self._ended or message == END

    def _swallow(self) -> None:
        """Rings that came together are one."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._hear(self._socket.recv(16))
