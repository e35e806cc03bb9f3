"""The process group: children start, come back when they die, and never outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.supervisor import group as group_module
from integrations.supervisor.child import Child
from integrations.supervisor.group import Group, NotReadyError, StoppedError

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
WITH_OWN_CHILD = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True); {SLEEP}"


class Told:
    """What the group said, and its children's lines."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.lines: list[tuple[str, str]] = []

    def line(self, name: str, line: str) -> None:
        self.lines.append((name, line))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def group(told: Told) -> Iterator[Group]:
    made = Group(told.sentences.append, told.line)
    yield made
    made.stop()


def child(code: str, name: str = "one", ready: Callable[[], bool] = lambda: True) -> Child:
    return Child(name, [sys.executable, "-c", code], {"PATH": os.environ["PATH"]}, ready)


def wait_until(holds: Callable[[], bool], group: Group | None = None) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "It never came."
        if group:
            group.tick(0.05)
        else:
            time.sleep(0.05)


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected doesn't."""
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_lines_carry_the_childs_name(group: Group, told: Told) -> None:
    group.start([child("print('hello', flush=True); " + SLEEP, "web")])
    wait_until(lambda: told.lines == [("web", "hello")])


def test_what_a_child_announces_to_programs_is_not_shown_to_people(group: Group, told: Told) -> None:
    announcing = replace(child("print('{}', flush=True); print('up', flush=True); " + SLEEP), announces=True)
    group.start([announcing])
    wait_until(lambda: told.lines == [("one", "up")])


def test_a_child_that_dies_is_started_again_and_the_group_says_so(group: Group, told: Told) -> None:
    group.start([child(SLEEP, "worker")])
    first = group.pids()["worker"]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: group.pids().get("worker", first) != first, group)
    assert told.sentences == ["worker was killed by SIGKILL; it is started again in 0.5 s."]


def test_a_child_that_keeps_dying_waits_longer_each_time(group: Group, told: Told) -> None:
    group.start([child("import time; time.sleep(0.2); raise SystemExit(3)", "worker")])
    wait_until(lambda: len(told.sentences) == 2, group)
    assert told.sentences == [
        "worker ended with code 3; it is started again in 0.5 s.",
        "worker ended with code 3; it is started again in 1 s.",
    ]


def test_what_a_dead_child_started_is_ended_with_it(group: Group, told: Told) -> None:
    group.start([child(WITH_OWN_CHILD, "worker")])
    wait_until(lambda: bool(told.lines))
    own = int(told.lines[0][1])
    os.kill(group.pids()["worker"], signal.SIGKILL)
    wait_until(lambda: not lives(own), group)


def test_stopping_leaves_no_process(group: Group, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_module, "STOP_WITHIN", 0.5)
    group.start([child(STUBBORN, "stubborn"), child(SLEEP, "kind")])
    wait_until(lambda: bool(told.lines))
    pids = list(group.pids().values())
    group.stop()
    assert [pid for pid in pids if lives(pid)] == []
    assert told.sentences == ["stubborn did not stop in time and is killed."]


def test_a_child_that_does_not_come_up_is_an_error(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_module, "READY_WITHIN", 0.2)
    with pytest.raises(NotReadyError, match="web did not come up"):
        group.start([child(SLEEP, "web", ready=lambda: False)])


@pytest.mark.thorough
def test_a_child_that_dies_again_and_again_at_the_start_is_an_error(group: Group, told: Told) -> None:
    with pytest.raises(NotReadyError, match="web can't start; its lines say why"):
        group.start([child("raise SystemExit('no such setting')", "web", ready=lambda: False)])
    assert told.lines[0] == ("web", "no such setting")


def test_a_command_run_to_its_end_that_fails_is_an_error(group: Group, told: Told) -> None:
    group.finish(child("print('done')", "migrate"))
    with pytest.raises(NotReadyError, match="migrate ended with code 2"):
        group.finish(child("raise SystemExit(2)", "migrate"))
    assert told.lines == [("migrate", "done")]


def test_a_signal_stops_the_group(group: Group) -> None:
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        group.obey_signals()
        group.start([child(SLEEP)])
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StoppedError):
            group.tick(1)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


PARENT = f"""
import sys, time
from integrations.supervisor.child import Child
from integrations.supervisor.group import Group
group = Group(print, print)
group.start([Child("one", [sys.executable, "-c", {SLEEP!r}], {{}})])
print("started", group.pids()["one"], flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="the system call that ends children with their parent is Linux's"
)
def test_children_end_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        started = int(parent.stdout.readline().split()[1])
    parent.kill()
    parent.wait()
    wait_until(lambda: not lives(started))
