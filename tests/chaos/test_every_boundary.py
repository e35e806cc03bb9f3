"""A process may die at every boundary of the reference flow: afterwards there is one customer, one invoice, the right total."""

import os
import random
import signal
import threading
from typing import Any

import pytest
from django.db import connections

from tests.chaos.boundaries import RUNNER, WRITER, Boundaries, Died, Target
from tests.chaos.reference import Process, World, die_again, die_at

pytestmark = pytest.mark.thorough

FEWEST = {RUNNER: 150, WRITER: 16}
"""Boundaries the reference flow passes at least, by thread. Falling below means that the net has got holes."""
PAIRS = 40
KILLS = 30
SEED = 20261121
ROLES = (RUNNER, WRITER)


@pytest.fixture(autouse=True)
def threads_may_die(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that dies of `Died` has done what the test wanted; every other problem is told as ever."""
    told = threading.excepthook

    def hook(problem: Any) -> None:
        if problem.exc_type is not Died:
            told(problem)

    monkeypatch.setattr(threading, "excepthook", hook)


def passed_undisturbed(world: World, boundaries: Boundaries) -> dict[str, int]:
    """How many boundaries each thread passes when nothing happens. Also warms what is cached."""
    for _ in range(2):
        won = world.won()
        process = Process()
        with boundaries.living():
            process.carry(won.run)
        process.writer.close()
        assert world.problems(won) == []
    return dict(boundaries.passed)


@pytest.mark.parametrize("role", [RUNNER, WRITER])
def test_a_death_at_any_boundary_changes_nothing(world: World, boundaries: Boundaries, role: str) -> None:
    count = passed_undisturbed(world, boundaries)[role]
    assert count >= FEWEST[role]
    wrong, struck = {}, 0
    for number in range(1, count + 1):
        won, owner, where = die_at(world, boundaries, Target(role, number))
        struck += bool(where)
        world.finish(won, of=[owner])
        if problems := world.problems(won):
            wrong[where] = problems
    assert wrong == {}
    assert struck >= 0.9 * count  # two hand-overs that meet in one commit pass fewer boundaries than apart


def test_two_deaths_in_a_row_change_nothing(world: World, boundaries: Boundaries) -> None:
    counts = passed_undisturbed(world, boundaries)
    chance = random.Random(SEED)  # noqa: S311 - which boundaries, no secret
    wrong, twice = {}, 0
    for _ in range(PAIRS):
        first, second = (Target(role, chance.randint(1, counts[role])) for role in chance.choices(ROLES, k=2))
        won, owner, where = die_at(world, boundaries, first)
        owners, again = die_again(world, boundaries, (won, owner), second)
        twice += bool(where and again)
        world.finish(won, of=owners)
        if problems := world.problems(won):
            wrong[f"{where}, then {again}"] = problems
    assert wrong == {}
    assert twice >= PAIRS / 4  # the others were over before the second death could come


def test_thirty_processes_killed_for_good_change_nothing(world: World, boundaries: Boundaries) -> None:
    """The same by SIGKILL: each process is forked, claims the run, and is killed by the kernel at another boundary."""
    counts = passed_undisturbed(world, boundaries)
    every = [Target(role, number) for role in (RUNNER, WRITER) for number in range(1, counts[role] + 1)]
    targets = random.Random(SEED).sample(every, KILLS)  # noqa: S311 - as above
    wrong, killed = {}, 0
    boundaries.strike = lambda: os.kill(os.getpid(), signal.SIGKILL)
    for target in targets:
        won = world.won()
        owner, status = forked(won.run, boundaries, target)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        world.finish(won, of=[owner])
        if problems := world.problems(won):
            wrong[str(target)] = problems
    assert wrong == {}
    assert killed >= 0.9 * KILLS


def forked(run_id: int, boundaries: Boundaries, target: Target) -> tuple[str, int]:
    """Carry the run in a process of its own; returns its owner name and how it ended."""
    connections.close_all()
    process_owner = f"forked:{run_id}"
    child = os.fork()
    if child == 0:
        try:
            boundaries.renew()
            process = Process(owner=process_owner)
            with boundaries.living(target):
                process.carry(run_id)
            process.writer.close()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return process_owner, status
