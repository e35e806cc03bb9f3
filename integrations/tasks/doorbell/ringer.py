"""Rings across the network from a thread of its own, so that whoever rings never waits; rings that come together are one."""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable

__all__ = ["Ringer"]

logger = logging.getLogger(__name__)
APART = 0.003  # seconds between two rings of one process
AWAY = 1.0  # seconds of rest when a ring could not be sent
LAST_WORDS = 1.0  # seconds a process that ends may take for its last ring


class Ringer:
    """`send` sends one ring and may fail with one of `troubles`: then the ring is lost, and the sweep makes up for it."""

    def __init__(self, send: Callable[[], None], troubles: tuple[type[Exception], ...]) -> None:
        self._send = send
        self._troubles = troubles
        self._process = 0
        self._starting = threading.Lock()
        self._due = threading.Event()
        self._sending = False
        self._silent = False

    def ring(self) -> None:
        """Have a ring sent soon."""
        if self._process != os.getpid():
            self._start()
        self._due.set()

    def _start(self) -> None:
        """Threads don't pass a fork, so each process starts its own at its first ring."""
        with self._starting:
            if self._process == os.getpid():
                return
            self._due = threading.Event()
            threading.Thread(target=self._serve, args=(self._due,), name="doorbell", daemon=True).start()
            self._process = os.getpid()
            atexit.register(self._flush)

    def _serve(self, due: threading.Event) -> None:
        while True:
            due.wait()
            self._sending = True
            due.clear()
            delivered = self._deliver()
            self._sending = False
            time.sleep(APART if delivered else AWAY)

    def _deliver(self) -> bool:
        try:
            self._send()
        except self._troubles as trouble:
            if not self._silent:
                logger.warning("the doorbell can't be rung, drains look every 2 s instead: %s", trouble)
            self._silent = True
            return False
        if self._silent:
            logger.warning("the doorbell rings again")
        self._silent = False
        return True

    def _flush(self) -> None:
        until = time.monotonic() + LAST_WORDS
        while (self._due.is_set() or self._sending) and time.monotonic() < until:
            time.sleep(0.005)
