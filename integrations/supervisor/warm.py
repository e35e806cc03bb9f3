"""A process that has loaded everything once: further processes are forked from it, start at once, and share its memory.

The group talks to it over a pair of sockets: a command and the pipe for its lines go out, its process id and later its end
come back. It is only ever a shortcut: what it can't start is started the ordinary way.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence

from integrations.supervisor.child import Child, Running, Sink, spawn

__all__ = ["Warm"]

ANSWER_WITHIN = (
    30.0  # seconds until a process must have been forked; the first one waits for everything to be loaded
)
END_WITHIN = 10.0  # seconds until the end of a killed process must have been told
MESSAGE = 65536  # bytes


class Warm:
    """The warm process. It serves children that have just this `env`."""

    def __init__(self, env: Mapping[str, str], sink: Sink, keep_open: Sequence[int] = ()) -> None:
        self._env = dict(env)
        self._sink = sink
        self._ended: dict[int, int] = {}
        self._gone = False
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "integrations.supervisor.warm_process", str(theirs.fileno())]
            self._process = spawn(Child("warm", command, env), sink, [*keep_open, theirs.fileno()])

    @staticmethod
    def works_here() -> bool:
        """Only where a loaded process may be forked, and where its children notice its end."""
        return sys.platform == "linux"

    def load(self, names: Sequence[str]) -> None:
        """Have these modules imported, before any process that is asked for later is forked. Doesn't wait for it."""
        with contextlib.suppress(OSError):
            self._socket.send(json.dumps({"load": list(names)}).encode())

    def fork(self, child: Child) -> Running | None:
        """Start `child` from the warm process. None = it can't be: it isn't for there, or the warm process is gone."""
        if self._gone or not child.warm or dict(child.env) != self._env:
            return None
        lines, end = os.pipe()
        try:
            socket.send_fds(self._socket, [json.dumps({"run": list(child.command)}).encode()], [end])
            pid = self._started()
        except OSError:
            os.close(lines)
            self._gone = True
            return None
        finally:
            os.close(end)
        text = os.fdopen(lines, encoding="utf-8", errors="replace")
        return Running(child, _Forked(pid, self), text, self._sink)

    def code_of(self, pid: int, within: float = 0.0) -> int | None:
        """With which code a forked process has ended, negative for a signal. None = it runs, for all that is known."""
        deadline = time.monotonic() + within
        while pid not in self._ended and not self._gone:
            try:
                self._read(max(deadline - time.monotonic(), 0.0))
            except (BlockingIOError, TimeoutError):
                break
            except OSError:
                self._gone = True
        return self._ended.get(pid, -signal.SIGTERM if self._gone else None)

    def close(self) -> None:
        """End it. Nothing it has forked may run any more."""
        self._socket.close()
        self._process.end()

    def _started(self) -> int:
        """Wait for the answer to a command. Raises `OSError` when none comes."""
        deadline = time.monotonic() + ANSWER_WITHIN
        while True:
            if started := self._read(max(deadline - time.monotonic(), 0.01)):
                return started

    def _read(self, seconds: float) -> int:
        """One message, waited for that long: the id of a process that was started; 0 for any other. Raises `OSError`."""
        self._socket.settimeout(seconds)
        message = self._socket.recv(MESSAGE)
        if not message:
            raise ConnectionResetError
        told = json.loads(message)
        if "ended" in told:
            self._ended[told["ended"]] = told["code"]
        return int(told.get("started", 0))


class _Forked:
    """A process that the warm one has forked, as far as `Running` needs to know it."""

    def __init__(self, pid: int, warm: Warm) -> None:
        self.pid = pid
        self._warm = warm

    def poll(self) -> int | None:
        return self._warm.code_of(self.pid)

    def wait(self) -> object:
        return self._warm.code_of(self.pid, END_WITHIN)

    def terminate(self) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
