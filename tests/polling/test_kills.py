"""Killed anywhere, a poll loses nothing and doubles nothing: at every statement and commit in process, and by a real SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from integrations.ingress.models import Event
from integrations.polling import sweep
from integrations.polling.errand import poll_due
from integrations.polling.models import Backfill, PollState
from integrations.runs.models import Run
from tests.polling.conftest import World, at

ROOT = Path(settings.ROOT)
RECORDS = 7
LIMIT = 60  # seconds a child may take


class Killed(BaseException):
    """The process ends here, as far as the database can tell."""


class Boundaries:
    """Counts what is passed, and ends the process at the one asked for (0 = none)."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.passed = 0

    def passing(self) -> None:
        self.passed += 1
        if self.passed == self._at:
            raise Killed

    def statement(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.passing()
        return execute(*args)


@contextmanager
def killing(boundaries: Boundaries, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every statement, every commit (before and after it) and every far call (before and after it) is a boundary."""
    commit, fetch = BaseDatabaseWrapper.commit, sweep.fetch  # type: ignore[attr-defined]  # looked up where it is used

    def committing(self: BaseDatabaseWrapper) -> None:
        try:
            boundaries.passing()
        except Killed:
            self.rollback()  # as the database does when its client is gone
            raise
        commit(self)
        boundaries.passing()

    def fetching(*args: Any) -> Any:
        boundaries.passing()
        page = fetch(*args)
        boundaries.passing()
        return page

    with patch.context() as inner, connection.execute_wrapper(boundaries.statement):
        inner.setattr(BaseDatabaseWrapper, "commit", committing)
        inner.setattr(sweep, "fetch", fetching)
        yield


def carried_out(world: World, kill_at: int, patch: pytest.MonkeyPatch) -> int:
    """Two sweeps with a change between them, killed at one boundary and started again. How many boundaries there are."""
    boundaries = Boundaries(kill_at)
    try:
        with killing(boundaries, patch):
            both_sweeps(world)
    except Killed:
        connection.close()
        both_sweeps(world)
    return boundaries.passed


def both_sweeps(world: World) -> None:
    """What is done again from the start by whoever comes after a kill: changes of the far system are made once."""
    drain(world)
    world.mill.put("r3", "12:01", "changed")
    world.mill.put("extra", "12:02", "new")
    world.mill.clock("12:10")
    drain(world)


def drain(world: World) -> None:
    """Once its time has come, and again until the sweep is done."""
    world.due()
    while poll_due():
        pass


def begin(world: World) -> None:
    """A mill with seven records, none of them seen."""
    Run.objects.all().delete()
    Event.objects.all().delete()
    world.mill.write(records=[], now=at("12:00").isoformat(), looks=[])
    for number in range(RECORDS):
        world.mill.put(f"r{number}", f"09:{number:02}", "new")
    PollState.objects.update(
        high_water=at("09:00"), cursor="", page_at=None, boundary={}, seen={}, sweep_started=None, lease="", sweep=1,
        next_water=None, lease_until=None, failures=0,
    )  # fmt: skip


EXPECTED = sorted([f"r{number}:new" for number in range(RECORDS)] + ["r3:changed", "extra:new"])


@pytest.mark.thorough
def test_killed_at_every_boundary_every_change_comes_in_exactly_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy()
    begin(world)
    total = carried_out(world, 0, monkeypatch)
    assert sorted(world.texts()) == EXPECTED
    assert total > 40
    for kill_at in range(1, total + 1):
        begin(world)
        carried_out(world, kill_at, monkeypatch)
        assert sorted(world.texts()) == EXPECTED, f"killed at {kill_at}"
        state = world.state
        assert (state.high_water, state.cursor, state.lease) == (at("12:08"), "", ""), f"killed at {kill_at}"


def child() -> int:
    """A process that polls until there is nothing to do; how it ended."""
    database = str(settings.DATABASES["default"]["NAME"])
    env = {**os.environ, "PYTHONPATH": str(ROOT), "INTERLOCK_DATA": str(Path(database).parent)}
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "polling" / "child.py", database, settings.VAULT_KEYS],
        cwd=ROOT, env=env, check=False, timeout=LIMIT,
    )  # fmt: skip
    return done.returncode


@pytest.mark.processes
@pytest.mark.parametrize("look", [1, 2, 3], ids=["first page", "between pages", "last page"])
def test_killed_between_fetch_and_commit_by_the_system_itself(world: World, look: int) -> None:
    world.deploy()
    begin(world)
    world.mill.write(kill=look)
    world.due()
    assert child() == -signal.SIGKILL
    assert Event.objects.count() == 3 * (look - 1)
    assert (world.state.high_water, bool(world.state.lease)) == (at("09:00"), True)

    world.due()
    assert child() == 0
    assert sorted(world.texts()) == [f"r{number}:new" for number in range(RECORDS)]
    assert world.state.high_water == at("11:58")
    assert [cursor is None for _, cursor in world.mill.looks()].count(True) == (2 if look == 1 else 1)


@pytest.mark.processes
def test_a_backfill_outlives_its_process(world: World) -> None:
    world.deploy()
    begin(world)
    PollState.objects.update(next_at=None)
    world.mill.write(kill=2)
    Backfill.objects.create(
        endpoint=world.endpoint, since=at("09:01"), until=at("09:06"), created_by="ana", next_at=at("09:00")
    )
    assert child() == -signal.SIGKILL
    world.due()
    assert child() == 0
    row = Backfill.objects.get()
    assert (row.state, row.fetched, row.new, row.repeated) == ("done", 5, 5, 0)
    assert sorted(world.texts()) == [f"r{number}:new" for number in range(1, 6)]
