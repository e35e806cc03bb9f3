"""One supervised process: how it is started, where its lines go, how it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

__all__ = ["Child", "Process", "Running", "Sink", "end_with", "spawn"]

Sink = Callable[[str, str], None]
"""`sink(name, line)`: where a child's lines go."""

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Child:
    """What to run. `ready` says whether it does its work by now; `stops_last` keeps it up until the others have stopped;
    `announces`: a line of JSON it prints is for programs and is not passed on. `warm`: it may be forked from the warm process.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    stops_last: bool = False
    announces: bool = False
    warm: bool = False


class Process(Protocol):
    """What there is to know and to do about a started process: a `Popen`, or a fork of the warm one."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self) -> object: ...

    def terminate(self) -> None: ...


class Running:
    """A started child. It leads a session of its own, so that all of it can be ended together."""

    def __init__(self, child: Child, process: Process, lines: IO[str], sink: Sink) -> None:
        self.child = child
        self._process = process
        self._lines = lines
        self._reader = threading.Thread(
            target=self._pass_lines_on, args=(sink,), name=child.name, daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> str:
        """How it ended, in words; "" while it runs."""
        code = self._process.poll()
        if code is None:
            return ""
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def failed(self) -> bool:
        """Whether it has ended, and not with code 0."""
        return self._process.poll() not in (None, 0)

    def ask_to_stop(self) -> None:
        """SIGTERM to the leader, which stops its own."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def end(self) -> None:
        """Kill whatever is left of it, its own children included, and read its last lines."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(timeout=2)

    def _pass_lines_on(self, sink: Sink) -> None:
        with self._lines as lines:
            for line in lines:
                if self.child.announces and line.startswith("{"):
                    continue
                sink(self.child.name, line.rstrip("\n"))


def spawn(child: Child, sink: Sink, keep_open: Sequence[int] = ()) -> Running:
    """Start `child` from the main thread; it inherits the descriptors `keep_open`. Raises `OSError` if it can't be started."""
    process = subprocess.Popen(
        list(child.command),
        env=dict(child.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        bufsize=1,
        start_new_session=True,
        pass_fds=tuple(keep_open),
        preexec_fn=end_with(os.getpid()),  # noqa: PLW1509 - two system calls, no Python lock is taken
    )
    if process.stdout is None:
        raise OSError(f"{child.name} was started without a pipe for its lines")
    return Running(child, process, process.stdout, sink)


def end_with(parent: int) -> Callable[[], None] | None:
    """Runs in the new process: ask the system for SIGTERM when the parent dies, however it dies (Linux)."""
    libc = _libc
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
