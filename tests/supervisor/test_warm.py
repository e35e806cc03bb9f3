"""The warm process: children are forked from it, look and end like any other, and come back without it."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from integrations.supervisor.child import Child
from integrations.supervisor.group import Group, NotReadyError
from integrations.supervisor.product import LOADS, LOADS_FIRST
from integrations.supervisor.warm import Warm

pytestmark = pytest.mark.skipif(not Warm.works_here(), reason="forks are safe on Linux only")
ENV = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
LOADED = "colorsys"  # a module nobody else imports


class Told:
    """What the group said, and its children's lines."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.lines: list[tuple[str, str]] = []

    def line(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def group(told: Told) -> Iterator[Group]:
    made = Group(told.sentences.append, told.line)
    made.keep_warm(ENV, [LOADED])
    yield made
    made.stop()


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Child]:
    def make(code: str, name: str = "one", *, env: dict[str, str] | None = None, warm: bool = True) -> Child:
        path = tmp_path / f"{name}.py"
        path.write_text(code)
        return Child(name, [sys.executable, str(path), "--with", "this"], env or ENV, warm=warm)

    return make


SHOW = f"""
import os, sys, time
print("loaded" if {LOADED!r} in sys.modules else "not loaded", __name__, *sys.argv[1:], flush=True)
print(open("/proc/self/cmdline").read().replace(chr(0), " ").strip(), flush=True)
print("leads" if os.getsid(0) == os.getpid() else "follows", flush=True)
time.sleep(60)
"""


def wait_until(holds: Callable[[], bool], group: Group) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "It never came."
        group.tick(0.05)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def lives(pid: int) -> bool:
    """What has ended and waits to be collected doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_is_forked_with_everything_loaded_and_shows_its_own_command_line(
    group: Group, told: Told, script: Callable[..., Child]
) -> None:
    group.start([script(SHOW)])
    wait_until(lambda: len(told.of("one")) == 3, group)
    assert told.of("one") == ["loaded __main__ --with this", "one.py --with this", "leads"]


def test_a_module_is_run_by_its_name(group: Group, told: Told) -> None:
    group.finish(Child("one", [sys.executable, "-m", "calendar", "2026", "11"], ENV, warm=True))
    wait_until(lambda: any("November 2026" in line for line in told.of("one")), group)


@pytest.mark.parametrize("different", [{"env": {**ENV, "ANOTHER": "setting"}}, {"warm": False}])
def test_a_child_with_other_settings_or_not_meant_to_be_forked_is_started_anew(
    group: Group, told: Told, script: Callable[..., Child], different: dict[str, object]
) -> None:
    group.start([script(SHOW, **different)])
    wait_until(lambda: len(told.of("one")) == 3, group)
    assert told.of("one")[0] == "not loaded __main__ --with this"


def test_a_killed_child_is_forked_again(group: Group, told: Told, script: Callable[..., Child]) -> None:
    group.start([script(SHOW)])
    wait_until(lambda: len(told.of("one")) == 3, group)
    first = group.pids()["one"]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: group.pids().get("one", first) != first, group)
    assert told.sentences == ["one was killed by SIGKILL; it is started again in 0.5 s."]
    wait_until(lambda: len([line for line in told.of("one") if line.startswith("loaded")]) == 2, group)


def test_the_code_a_child_ends_with_is_known(group: Group, script: Callable[..., Child]) -> None:
    with pytest.raises(NotReadyError, match="one ended with code 3"):
        group.finish(script("import sys; sys.exit(3)"))


def test_without_the_warm_process_its_children_end_and_are_started_anew(
    group: Group, told: Told, script: Callable[..., Child]
) -> None:
    group.start([script(SHOW)])
    first = group.pids()["one"]
    os.kill(parent(first), signal.SIGKILL)
    wait_until(lambda: any(line.startswith("not loaded") for line in told.of("one")), group)
    assert group.pids()["one"] != first
    assert not lives(first)


def test_what_cannot_be_loaded_holds_nobody_up(
    group: Group, told: Told, script: Callable[..., Child]
) -> None:
    group.keep_warm(ENV, ["there_is_no_such_module"])
    group.start([script(SHOW)])
    wait_until(lambda: len(told.of("one")) == 3, group)
    assert any("there_is_no_such_module" in line for line in told.of("warm"))


def test_more_is_loaded_while_a_child_runs_to_its_end(
    group: Group, told: Told, script: Callable[..., Child]
) -> None:
    before = script("import sys; print('difflib' in sys.modules)", "before")
    group.finish(before, meanwhile=lambda: group.keep_warm(ENV, ["difflib"]))
    group.finish(script("import sys; print('difflib' in sys.modules)", "after"))
    assert (told.of("before"), told.of("after")) == (["False"], ["True"])


def test_everything_the_product_has_loaded_ahead_exists() -> None:
    assert all(find_spec(name) for name in (*LOADS_FIRST, *LOADS))


def test_a_stop_leaves_nothing_behind(told: Told, script: Callable[..., Child]) -> None:
    group = Group(told.sentences.append, told.line)
    group.keep_warm(ENV, [])
    group.start([script(SHOW)])
    child = group.pids()["one"]
    warm = parent(child)
    group.stop()
    assert not lives(child)
    assert not lives(warm)
