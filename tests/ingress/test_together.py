"""Threads that have something to store at the same time share a commit, and never each other's mistakes."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from integrations.ingress.together import Together
from integrations.releases.models import Environment

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 60.0  # seconds
CROWD = 6


def make(key: str) -> str:
    Environment.objects.create(key=key, name=key)
    return key


def kept() -> set[str]:
    return set(Environment.objects.values_list("key", flat=True))


class Crowd:
    """Holds one thread inside its transaction until all the others wait, then lets them go."""

    def __init__(self) -> None:
        self.together = Together()
        self.commits = 0
        self._first_in, self._go = threading.Event(), threading.Event()

    def run(self, works: list[Callable[[], str]]) -> list["Future[str]"]:
        with ThreadPoolExecutor(len(works) + 1) as pool:
            first = pool.submit(self._thread, self._hold)
            assert self._first_in.wait(LIMIT)
            others = [pool.submit(self._thread, work) for work in works]
            while len(self.together._waiting) < len(works):
                self._go.wait(0.01)
            self._go.set()
            assert first.result(LIMIT) == "first"
        return others

    def _hold(self) -> str:
        self._first_in.set()
        assert self._go.wait(LIMIT)
        return make("first")

    def _thread(self, work: Callable[[], str]) -> str:
        def counted() -> str:
            transaction.on_commit(lambda: None)
            done = work()
            self.commits += len(connection.run_on_commit) == 1
            return done

        try:
            return self.together.run(counted)
        finally:
            connection.close()


def test_one_alone_is_committed_at_once() -> None:
    assert Together().run(lambda: make("alone")) == "alone"
    assert kept() == {"alone"}


def test_those_who_come_during_a_commit_share_the_next() -> None:
    crowd = Crowd()
    keys = [f"e{number}" for number in range(CROWD)]
    answers = crowd.run([partial(make, key) for key in keys])

    assert [answer.result(LIMIT) for answer in answers] == keys
    assert kept() == {"first", *keys}
    assert crowd.commits == 2


def test_a_mistake_is_its_own_threads_alone() -> None:
    make("taken")
    crowd = Crowd()
    answers = crowd.run([lambda: make("one"), lambda: make("taken"), lambda: make("two")])

    assert [answer.exception(LIMIT) is None for answer in answers] == [True, False, True]
    assert kept() == {"first", "taken", "one", "two"}


def test_what_was_not_foreseen_spoils_nobody_elses() -> None:
    def fail() -> str:
        raise ArithmeticError

    crowd = Crowd()
    answers = crowd.run([fail, lambda: make("one"), fail, lambda: make("two")])
    stored = [answer.result(LIMIT) for answer in answers if answer.exception(LIMIT) is None]

    assert kept() == {"first", *stored}
    assert {"one", "two"} & kept() == set(stored)
