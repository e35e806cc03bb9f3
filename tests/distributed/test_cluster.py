"""Workers, dispatchers and the web door as real processes: killed, stopped, flushed and cut off, they recover by themselves."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from integrations.supervisor.ports import free_ports
from integrations.supervisor.product import Addresses, processes
from tests.distributed.conftest import Cluster, until
from tests.servers import Postgres, Redis

pytestmark = pytest.mark.processes
SLOTS = 2


@pytest.fixture(scope="module")
def dispatchers(cluster: Cluster) -> "list[subprocess.Popen[bytes]]":
    """Two of them, all the time."""
    return [cluster.manage("dispatcher", log=f"dispatcher {number}") for number in (1, 2)]


@pytest.fixture(scope="module")
def worker(cluster: Cluster, dispatchers: object) -> "Iterator[subprocess.Popen[bytes]]":
    """A worker whose drains are resident."""
    made = cluster.manage("worker", log="worker")
    until(lambda: len(cluster.live()) == SLOTS)
    yield made
    stop(made)


def stop(process: "subprocess.Popen[bytes]") -> int:
    process.terminate()
    return process.wait(60)


def test_each_slot_has_one_drain_and_as_many_messages_wait(
    cluster: Cluster, worker: object, broker: Redis
) -> None:
    assert (
        until(lambda: cluster.rows("SELECT count(*) FROM integrations_drain WHERE state = 'queued'")[0][0])
        == SLOTS
    )
    assert len(cluster.live()) == SLOTS
    assert len(set(cluster.live().values())) == SLOTS


def test_another_worker_is_put_to_work_without_a_setting(cluster: Cluster, worker: object) -> None:
    before = set(cluster.live())
    second = cluster.manage("worker", log="second worker")
    until(lambda: len(set(cluster.live())) >= 2 * SLOTS)

    assert stop(second) == 0

    assert until(lambda: len(cluster.live()) == SLOTS)
    assert before & set(cluster.live()) or len(cluster.live()) == SLOTS


def test_a_killed_drain_is_followed_by_another(cluster: Cluster, worker: object) -> None:
    until(lambda: len(cluster.live()) == SLOTS)
    owner, pid = next(iter(cluster.live().items()))
    os.kill(pid, signal.SIGKILL)
    until(lambda: cluster.live().get(owner) != pid)
    until(lambda: len(cluster.live()) == SLOTS)


def test_a_stopped_worker_has_its_drains_end_and_leave_the_list(
    cluster: Cluster, dispatchers: object, worker: object
) -> None:
    other = cluster.manage("worker", log="stopped worker")
    until(lambda: len(cluster.live()) >= 2 * SLOTS)
    own = {owner for owner, pid in cluster.live().items() if parent_of(pid) == other.pid}
    assert own

    assert stop(other) == 0

    assert not own & set(cluster.live())


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - a file of the system's
        return int(stat.read().rpartition(")")[2].split()[1])


def test_after_the_broker_was_flushed_drains_are_resident_within_seconds(
    cluster: Cluster, worker: object, broker: Redis
) -> None:
    until(lambda: len(cluster.live()) == SLOTS)
    before = set(cluster.live())
    broker.flush()
    for pid in cluster.live().values():
        os.kill(pid, signal.SIGKILL)
    assert until(lambda: [owner for owner in cluster.live() if owner not in before])
    assert until(lambda: len(cluster.live()) == SLOTS)


def test_a_broker_that_was_away_is_said_once_and_work_goes_on_when_it_is_back(
    cluster: Cluster,
    worker: "subprocess.Popen[bytes]",
    dispatchers: "list[subprocess.Popen[bytes]]",
    broker: Redis,
) -> None:
    broker.stop()
    gone = until(lambda: "the broker is away" in cluster.log("dispatcher 1") + cluster.log("dispatcher 2"))
    assert gone
    until(lambda: not cluster.live())
    broker.start()
    until(lambda: len(cluster.live()) == SLOTS)
    assert worker.poll() is None
    for number, process in enumerate(dispatchers, 1):
        assert process.poll() is None
        assert cluster.log(f"dispatcher {number}").count("the broker is away") <= 1


def test_after_the_database_was_restarted_the_same_processes_go_on(
    cluster: Cluster,
    worker: "subprocess.Popen[bytes]",
    dispatchers: "list[subprocess.Popen[bytes]]",
    database: Postgres,
) -> None:
    until(lambda: len(cluster.live()) == SLOTS)
    database.restart(down=3.0)
    beat = "SELECT max(heartbeat_at) FROM integrations_drain WHERE state = 'live'"
    before = cluster.rows(beat)[0][0]
    until(lambda: cluster.rows(beat)[0][0] > before)
    until(lambda: len(cluster.live()) == SLOTS)
    assert [process.poll() for process in (worker, *dispatchers)] == [None, None, None]


@contextmanager
def web_door(cluster: Cluster) -> Iterator[str]:
    """The public door; its origin."""
    web_port, live_port = free_ports(2)
    addresses = Addresses("127.0.0.1", web_port, live_port)
    door = processes(addresses, cluster.env)[0]
    process = cluster.start(*door.command[1:], log="web", env={"INTERLOCK_PUBLIC_URL": addresses.origin})
    until(door.ready)
    try:
        yield addresses.origin
    finally:
        stop(process)


def test_while_the_database_is_away_the_web_door_says_when_to_come_back(
    cluster: Cluster, database: Postgres
) -> None:
    with web_door(cluster) as origin, requests.Session() as far:
        far.trust_env = False
        assert far.post(f"{origin}/in/nobody/", json={}, timeout=60).status_code == 404
        database.stop()
        try:
            answers = [
                far.post(f"{origin}/in/nobody/", json={}, timeout=60),
                far.get(f"{origin}/api/v1/runs/", cookies={"sessionid": "a" * 32}, timeout=60),
            ]
            page = far.get(f"{origin}/sign-in", cookies={"sessionid": "a" * 32}, timeout=60)
        finally:
            database.start()
        assert [answer.status_code for answer in answers] == [503, 503]
        assert [answer.headers["Content-Type"] for answer in answers] == ["application/problem+json"] * 2
        assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
        assert {answer.json()["code"] for answer in answers} == {"unavailable"}
        assert page.status_code in {200, 503}
        again = until(lambda: far.post(f"{origin}/in/nobody/", json={}, timeout=60).status_code == 404)
        assert again
