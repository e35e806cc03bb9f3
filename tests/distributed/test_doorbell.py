"""A ring is heard wherever the drain is; a lost one costs nothing but the sweep's two seconds, and nobody who rings waits."""

import os
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings

from integrations.tasks.doorbell import Doorbell, ask_to_end, lead, ring, ways
from integrations.tasks.doorbell import bell as bell_module
from integrations.tasks.doorbell import postgres as over_postgres
from integrations.tasks.doorbell import redis as over_redis
from integrations.tasks.doorbell.sockets import LEADER
from tests.distributed.conftest import until
from tests.servers import Postgres, Redis, Server


@pytest.fixture(params=["postgres", "redis"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server that rings go through, and this process's way set to it."""
    way: ways.Way
    if request.param == "postgres":
        database: Postgres = request.getfixturevalue("database")
        monkeypatch.setattr(
            over_postgres,
            "connect",
            lambda name: psycopg.connect(database.address(), application_name=name, autocommit=True),
        )
        way, through = over_postgres.Notify(), database
    else:
        broker: Redis = request.getfixturevalue("broker")
        monkeypatch.setattr(settings, "REDIS_URL", broker.url)
        way, through = over_redis.Publish(), broker  # type: ignore[assignment]  # the other kind of server
    for module in (ways, bell_module):
        monkeypatch.setattr(module, "way", lambda: way)
    return through


@pytest.fixture
def bell(server: Server) -> Iterator[Doorbell]:
    made = Doorbell("far away")
    assert made.wait(60)  # an ear rings once when it begins to listen
    yield made
    made.close()


def heard(bell: Doorbell) -> bool:
    ring()
    return bell.wait(0.5)


def test_a_ring_goes_through_the_server(bell: Doorbell) -> None:
    ring()
    assert bell.wait(60)
    assert not bell.told_to_end


def test_rings_that_come_together_are_few(bell: Doorbell) -> None:
    for _ in range(500):
        ring()
    time.sleep(0.2)
    rings = 0
    while bell.wait(0.3):
        rings += 1
    assert 1 <= rings < 50


def test_after_the_server_was_away_rings_are_heard_again(bell: Doorbell, server: Server) -> None:
    server.stop()
    assert until(lambda: not heard(bell))
    server.start()
    assert until(lambda: heard(bell))


def test_whoever_rings_meets_no_error_while_the_server_is_away(server: Server) -> None:
    server.stop()
    try:
        for _ in range(3):
            ring()
            time.sleep(0.05)
    finally:
        server.start()


@pytest.mark.thorough
def test_a_forked_child_rings_with_a_connection_of_its_own(bell: Doorbell) -> None:
    assert until(lambda: heard(bell))
    child = os.fork()
    if child == 0:
        ring()
        time.sleep(2)
        os._exit(0)
    assert bell.wait(60)
    os.waitpid(child, 0)
    assert until(lambda: heard(bell))


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make what follows belong to the worker with this process id."""
    return lambda pid: monkeypatch.setenv(LEADER, str(pid))


def test_only_the_drains_of_the_worker_that_stops_are_asked_to_end(workers: Callable[[int], None]) -> None:
    workers(1)
    other = Doorbell("of another worker")
    lead()
    mine = Doorbell("of this worker")

    ask_to_end()

    assert mine.told_to_end
    assert mine.wait(0)
    assert not other.told_to_end
    mine.close()
    other.close()


def test_a_drain_that_never_rests_learns_of_the_end_and_forgets_no_ring(
    workers: Callable[[int], None],
) -> None:
    workers(os.getpid())
    bell = Doorbell("busy")
    ring()
    told = [bell.told_to_end]
    assert bell.wait(0)
    ask_to_end()
    told.append(bell.told_to_end)
    assert told == [False, True]
    bell.close()


SQLITE, POSTGRES = "django.db.backends.sqlite3", "django.db.backends.postgresql"


@pytest.mark.parametrize(
    ("doorbell", "queue", "data", "queue_data", "expected"),
    [
        ("auto", "embedded", SQLITE, SQLITE, "socket"),
        ("auto", "embedded", POSTGRES, SQLITE, "socket"),
        ("auto", "embedded", POSTGRES, POSTGRES, "postgres"),
        ("auto", "celery", POSTGRES, SQLITE, "postgres"),
        ("auto", "celery", SQLITE, SQLITE, "socket"),
        ("redis", "embedded", SQLITE, SQLITE, "redis"),
    ],
)
def test_auto_takes_sockets_only_where_every_drain_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, doorbell: str, queue: str, data: str, queue_data: str, expected: str
) -> None:
    monkeypatch.setattr(settings, "DOORBELL", doorbell)
    monkeypatch.setattr(settings, "QUEUE", queue)
    monkeypatch.setattr(settings, "DATABASES", {"default": {"ENGINE": data}, "queue": {"ENGINE": queue_data}})
    assert ways.chosen() == expected
