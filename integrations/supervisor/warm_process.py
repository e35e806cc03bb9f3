"""The warm process itself: `python -m integrations.supervisor.warm_process <socket>`. It imports what it is told, then forks.

It has one thread and opens nothing, so that a fork is safe: no lock is held by anybody, no connection is shared.
"""

import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from select import select
from typing import Any

from integrations.supervisor.child import end_with

__all__ = ["main"]

MESSAGE = 65536  # bytes
ARGUMENTS = slice(
    45, 47
)  # of /proc/self/stat behind the name: where the command line begins and ends in memory


def main(descriptor: int) -> None:
    """Do what is asked for, in turn, until the other side is gone; in a forked process, become what was asked for."""
    if command := _serve(socket.socket(fileno=descriptor)):
        _become(command)


def _serve(group: socket.socket) -> list[str]:
    """Returns twice and more: in each forked process its command, in the warm one nothing, when the group is gone."""
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    heard: list[Any] = [group, woken]
    while True:
        ready, _, _ = select(heard, [], [])
        if woken in ready:
            os.read(woken, MESSAGE)
            _tell_ended(group)
        if group not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(group, MESSAGE, 1)
        if not message:
            return []
        asked = json.loads(message)
        if "load" in asked:
            _load(asked["load"])
            continue
        pid = _fork(descriptors[0])
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for one in (group.detach(), woken, wakes):
                os.close(one)
            return list(asked["run"])
        group.send(json.dumps({"started": pid}).encode())


def _load(names: Sequence[str]) -> None:
    """Import these. What can't be imported is left to those that need it: they say why."""
    for name in names:
        try:
            import_module(name)
        except Exception as problem:  # noqa: BLE001 - whatever a module raises, the process goes on forking
            sys.stdout.write(f"{name} can't be loaded ahead: {problem!r}\n")
            sys.stdout.flush()
            break
    gc.collect()
    gc.freeze()  # a collection writes to what it looks at, and what is written to is no longer shared


def _fork(lines: int) -> int:
    """0 in the new process, which leads a session of its own, writes to `lines`, and ends when the warm one does."""
    began, begins = os.pipe()
    ask = end_with(os.getpid())
    pid = os.fork()
    if not pid:
        os.setsid()
        if ask:
            ask()
        os.dup2(lines, 1)
        os.dup2(lines, 2)
    os.close(begins)
    os.close(lines)
    if pid:
        os.read(began, 1)  # it is on its own now: a signal to its session finds it
    os.close(began)
    return pid


def _tell_ended(group: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        group.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())


def _become(command: Sequence[str]) -> None:
    """Do what `python <command>` does: `[python, "-m", module, …]` or `[python, script, …]`."""
    _, first, *rest = command
    if first == "-m":
        sys.argv = list(rest)
        _show([*rest])
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        return
    sys.argv = [first, *rest]
    _show([Path(first).name, *rest])
    sys.path.insert(0, str(Path(first).parent))
    runpy.run_path(first, run_name="__main__")


def _show(words: Sequence[str]) -> None:
    """Let the system's list of processes say what this one does, as far as there is room where its command line stands."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begin, end = map(int, fields[ARGUMENTS])
    if end - begin > 1:
        text = "\0".join(words).encode()[: end - begin - 1]
        ctypes.memmove(begin, text.ljust(end - begin, b"\0"), end - begin)


if __name__ == "__main__":
    main(int(sys.argv[1]))
