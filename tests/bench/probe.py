"""Looks into a running process when it is asked to: which statements it makes, or where its CPU time goes. Asleep it costs nothing.

The folder in INTERLOCK_BENCH_PROBE holds a file `asked`: "count", "profile" or nothing. Each process writes what it found to
`<name>-<pid>.<kind>.json` there. A profile is CPU milliseconds by stack: twice in ten milliseconds the CPU clock of every
thread is read, and what it advanced is put down to the stack seen then. Waiting costs no CPU and so doesn't show.
"""

import json
import os
import sys
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

__all__ = ["FOLDER_NAME", "install"]

FOLDER_NAME = "INTERLOCK_BENCH_PROBE"
LOOK_EVERY = 0.2  # seconds
SAMPLE_EVERY = 0.005  # seconds
WRITE_EVERY = 1.0  # seconds
DEEPEST = 60  # frames of a stack
SWITCH_EVERY = (
    0.00002  # seconds: others let us look in the midst of their Python code, not only where they wait
)
_ROOT = f"{Path(__file__).resolve().parent.parent.parent}/"
_WRITES = ("INSERT", "UPDATE", "DELETE")


def install() -> None:
    """Start the probe, here and in every process forked from here. Without a folder nothing is started."""
    folder = os.environ.get(FOLDER_NAME)
    if not folder:
        return
    statements.watch()

    def start() -> None:
        threading.Thread(target=_serve, args=(Path(folder),), name="probe", daemon=True).start()

    os.register_at_fork(after_in_child=start)
    start()


def _serve(folder: Path) -> None:
    """Do what is asked for, until the process ends."""
    asked = folder / "asked"
    statements.counts.clear()
    while True:
        wanted = asked.read_text() if asked.is_file() else ""
        statements.turn(on=wanted == "count")
        if wanted == "profile":
            _profile(lambda: asked.is_file() and asked.read_text() == "profile", _file(folder, "profile"))
        elif statements.counts and wanted == "count":
            _write(_file(folder, "count"), dict(statements.counts))
        elif not wanted:
            statements.counts.clear()
        time.sleep(LOOK_EVERY)


class Statements:
    """Counts what goes to the databases by verb and table, and commits; a multi-row statement is one.

    Only while it is on does it stand between: statements that somebody listens to take a longer way.
    """

    def __init__(self) -> None:
        self.on = False
        self.counts: Counter[str] = Counter()
        self._known: weakref.WeakSet[BaseDatabaseWrapper] = weakref.WeakSet()

    def turn(self, *, on: bool) -> None:
        """Count from now on, or no longer."""
        if on == self.on:
            return
        self.on = on
        for connection in list(self._known):
            self._listen(connection)

    def watch(self) -> None:
        """Look at every connection made from now on."""
        connection_created.connect(self._created, weak=False)
        wrapper: Any = BaseDatabaseWrapper
        commit = wrapper._commit

        def counted(connection: BaseDatabaseWrapper) -> Any:
            if self.on:
                self.counts["COMMIT"] += 1
            return commit(connection)

        wrapper._commit = counted

    def _created(self, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
        self._known.add(connection)
        self._listen(connection)

    def _listen(self, connection: BaseDatabaseWrapper) -> None:
        listens = self._count in connection.execute_wrappers
        if self.on and not listens:
            connection.execute_wrappers.append(self._count)
        elif listens and not self.on:
            connection.execute_wrappers.remove(self._count)

    def _count(
        self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: dict[str, Any]
    ) -> Any:
        if self.on:
            self.counts[_kind(sql)] += 1
            if sql.startswith(_WRITES) and not context["connection"].in_atomic_block:
                self.counts["COMMIT"] += 1
        return execute(sql, params, many, context)


statements = Statements()


def _kind(sql: str) -> str:
    """Verb and first table: "INSERT integrations_event"."""
    words = sql.replace('"', " ").split()
    verb = words[0].upper()
    after = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}.get(verb, "")
    if after not in words:
        return verb
    at = words.index(after)
    return f"{verb} {words[at + 1]}" if at + 1 < len(words) else verb


def _profile(goes_on: Callable[[], bool], path: Path) -> None:
    """Sample until it is no longer wanted."""
    stacks: Counter[str] = Counter()
    clocks: dict[int, float] = {}
    written, me = time.monotonic(), threading.get_ident()
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_EVERY)
    while True:
        for thread, frame in sys._current_frames().items():
            used = time.clock_gettime(time.pthread_getcpuclockid(thread))
            if thread in clocks and thread != me and (spent := used - clocks[thread]) > 0:
                stacks[_stack(frame)] += spent * 1000  # type: ignore[assignment]
            clocks[thread] = used
        if time.monotonic() - written > WRITE_EVERY:
            written = time.monotonic()
            _write(path, dict(stacks))
            if not goes_on():
                sys.setswitchinterval(before)
                return
        time.sleep(SAMPLE_EVERY)


def _stack(frame: FrameType | None) -> str:
    """Outermost first: "threading.py:_bootstrap;…;writer.py:_serve"."""
    names: list[str] = _statement(frame)
    while frame is not None and len(names) < DEEPEST:
        code = frame.f_code
        names.append(f"{_short(code.co_filename)}:{code.co_name}")
        frame = frame.f_back
    return ";".join(reversed(names))


def _statement(frame: FrameType | None) -> list[str]:
    """What a database driver is busy with."""
    if frame is None or frame.f_code.co_name not in ("execute", "executemany"):
        return []
    sql = frame.f_locals.get("query") or frame.f_locals.get("sql")
    return [f"sql:{_kind(sql)}"] if isinstance(sql, str) and sql.strip() else []


def _short(path: str) -> str:
    for root in ("/site-packages/", _ROOT, "/lib/python3.11/"):
        if root in path:
            return path.rpartition(root)[2]
    return path


def _file(folder: Path, kind: str) -> Path:
    words = [word for word in sys.argv if word and not word.startswith("-")]
    known = ("worker", "dispatcher", "granian", "uvicorn", "celery")
    name = next((one for one in known if any(one in word for word in words)), "other")
    return folder / f"{name}-{os.getpid()}.{kind}.json"


def _write(path: Path, found: dict[str, Any]) -> None:
    """Whole or not at all: it is read while we go on."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found))
    part.replace(path)
