"""What the group's parent says on the terminal: its own sentences, and each child's lines under the child's name."""

import sys
import threading
from collections import deque
from pathlib import Path
from typing import TextIO

__all__ = ["Console"]

WIDTH = 10  # of the names before the lines
KEPT = 60  # lines shown when a quiet group fails


class Console:
    """Writes whole lines from any thread. With `log`, the children's lines go there and only the last are kept."""

    def __init__(self, out: TextIO | None = None, log: Path | None = None) -> None:
        self._out = out or sys.stdout
        self._log = log.open("a", encoding="utf-8") if log else None
        self._last: deque[str] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def say(self, sentence: str) -> None:
        """One sentence of the parent's own."""
        self._write(f"{'interlock':<{WIDTH}} {sentence}", self._out)

    def line(self, name: str, line: str) -> None:
        """One line of a child."""
        text = f"{name:<{WIDTH}} {line}"
        self._last.append(text)
        self._write(text, self._log or self._out)

    def show_last(self) -> None:
        """The children's last lines, when they went to the log until now."""
        if self._log:
            for line in list(self._last):
                self._write(line, sys.stderr)

    def _write(self, text: str, out: TextIO) -> None:
        with self._lock:
            out.write(text + "\n")
            out.flush()
