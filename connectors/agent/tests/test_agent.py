"""The agent against a real HTTP server: reads, writes, refusals, a cut network, a hung call, and its commands."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.agent.__main__ import PASSWORD_VARIABLE, main
from connectors.agent.agent import HUNG_EXIT, Agent, Pace
from connectors.agent.cloud import MemoryCloud, NotAccepted
from connectors.agent.cloud_http import HttpCloud
from connectors.agent.journal import AlreadyRunning, Journal, only_agent
from connectors.agent.lease import Leases
from connectors.agent.sandbox.driver import SandboxDriver
from connectors.agent.sandbox.switches import turn
from connectors.agent.tests.company import CUSTOMER, ORDER, job, new_company, rows
from connectors.agent.tests.server import TOKEN, AgentServer
from connectors.agent.work import older
from connectors.agent.writing import OnceWriter

QUICK = Pace(
    claim_wait_s=0, heartbeat_s=0.1, lease_check_s=0.05, retry_first_s=0.02, retry_most_s=0.1, hung_after_s=30
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_company(tmp_path)


@pytest.fixture
def server() -> Iterator[AgentServer]:
    one = AgentServer()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    one = Journal(tmp_path / "journal.db")
    yield one
    one.close()


def body(job_id: str, op: str, params: Any = None, **rest: Any) -> dict[str, Any]:
    given = {
        "job_id": job_id,
        "attempt": 1,
        "lease_s": 60,
        "op": op,
        "connection_id": "c1",
        "params": params or {},
    }
    return {**given, "idempotency_key": job_id, **rest}


def until(true: Callable[[], Any]) -> None:
    """Waits for what another thread does; a test that waits for ever is ended by its runner."""
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come about")


@contextmanager
def at_work(agent: Agent) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_jobs_are_done_and_every_one_is_answered(server: AgentServer, journal: Journal, path: Path) -> None:
    window = {"window": {"first": "1", "last": "99"}}
    server.jobs.extend(
        [
            body("list", "list_sales_orders", window),
            body("get", "get_customer", {"reference": "LARCH01"}),
            body("none", "get_customer", {"reference": "NOBODY"}),
            body("make", "create_customer", {"fields": CUSTOMER}),
            body("held", "create_sales_order", {"fields": {**ORDER, "ACCOUNT_REF": "HOLLY01"}}),
            body("open", "list_customers"),
            body("sql", "select", {"sql": "SELECT 1"}),
            body("else", "status", connection_id="c2"),
            body("later", "status", min_version="9.0"),
            {"job_id": "odd", "op": "status"},
            body("status", "status"),
        ]
    )
    with at_work(Agent(HttpCloud(server.address, TOKEN), journal, {"c1": SandboxDriver(path)}, QUICK)):
        until(lambda: len(server.told) == 11)
        until(lambda: server.heartbeats)
    told = {job_id: (action, said) for job_id, action, said in server.told}
    assert told["list"] == ("complete", {"result": {"rows": 12, "chunks": 1}})
    assert len(server.chunks["list", 0]) == 12
    assert told["get"][1]["result"]["NAME"] == "Larch & Co"
    assert told["make"][1] == {"result": {"reference": "ELM01"}}
    assert told["status"][1]["result"]["company"] == "Alder Wholesale Limited"
    failed = {job_id: said["class"] for job_id, (action, said) in told.items() if action == "fail"}
    data, unsupported = dict.fromkeys(["none", "held"], "data"), ["open", "sql", "else", "later", "odd"]
    assert failed == data | dict.fromkeys(unsupported, "unsupported")
    assert told["held"][1]["code"] == "sdo_70"
    assert "needs 9.0. Upgrade" in told["later"][1]["message"]
    assert len(set(server.nonces)) == len(server.nonces)
    assert server.heartbeats[0]["sage"]["c1"]["sdo_ok"] is True


def test_answers_of_a_cut_network_are_told_afterwards_and_once(
    server: AgentServer, journal: Journal, path: Path
) -> None:
    turn(path, "hang_seconds", "0.05")
    server.jobs.extend(body(f"order-{n}", "create_sales_order", {"fields": ORDER}) for n in range(12))
    with at_work(Agent(HttpCloud(server.address, TOKEN), journal, {"c1": SandboxDriver(path)}, QUICK)):
        assert server.claimed.wait(30)
        server.stop()
        until(lambda: len(rows(path, "SALES_ORDER")) == 12 + 12)
        until(lambda: journal.letters() > 0)
        server.start()
        until(lambda: len(server.told) == 12)
    assert sorted(job_id for job_id, _, _ in server.told) == sorted(f"order-{n}" for n in range(12))
    assert {action for _, action, _ in server.told} == {"complete"}
    assert journal.letters() == 0
    assert len(rows(path, "SALES_ORDER")) == 24


def test_a_job_given_again_is_done_once(server: AgentServer, journal: Journal, path: Path) -> None:
    given = body("a", "create_sales_order", {"fields": ORDER}, idempotency_key="deal")
    server.jobs.append(given)
    with at_work(Agent(HttpCloud(server.address, TOKEN), journal, {"c1": SandboxDriver(path)}, QUICK)):
        until(lambda: len(server.told) == 1)
        server.jobs.append({**given, "job_id": "b", "attempt": 2})
        until(lambda: len(server.told) == 2)
    assert [said for _, _, said in server.told] == [{"result": {"reference": "13"}}] * 2
    assert len(rows(path, "SALES_ORDER")) == 13


def test_a_sage_that_is_busy_fails_its_batch_as_transient(journal: Journal, path: Path) -> None:
    turn(path, "exclusive", "1")
    cloud = MemoryCloud()
    cloud.ask(job("status", job_id="a"))
    with at_work(Agent(cloud, journal, {"c1": SandboxDriver(path)}, QUICK)):
        until(lambda: "a" in cloud.failures)
    assert (cloud.failures["a"].kind, cloud.failures["a"].code) == ("transient", "sdo_24")
    assert (cloud.failures["a"].retry_after or 0) > 0


def test_a_server_that_refuses_the_token_ends_the_agent(
    server: AgentServer, journal: Journal, path: Path
) -> None:
    agent = Agent(HttpCloud(server.address, "wrong"), journal, {"c1": SandboxDriver(path)}, QUICK)
    with pytest.raises(NotAccepted, match="Enrol it again"):
        agent.run(threading.Event())


def test_a_job_taken_away_is_not_begun_and_its_answer_is_dropped(journal: Journal) -> None:
    now = [0.0]
    cloud = MemoryCloud(lease_s=30)
    leases = Leases(cloud, lambda: now[0])
    leases.hold("a", 30, 0)
    leases.hold("b", 30, 0)
    cloud.taken_away.add("b")
    now[0] = 20
    leases.extend_due()
    assert (leases.good("a"), leases.good("b")) == (True, False)
    now[0] = 49
    assert not leases.good("a")


def test_a_call_that_hangs_is_noticed(journal: Journal, path: Path) -> None:
    turn(path, "hang_seconds", "2")
    hung = threading.Event()
    cloud = MemoryCloud()
    cloud.ask(job("get_customer", {"reference": "LARCH01"}))
    pace = Pace(claim_wait_s=0, hung_after_s=0.2)
    with at_work(Agent(cloud, journal, {"c1": SandboxDriver(path)}, pace, on_hang=lambda _: hung.set())):
        assert hung.wait(30)


def broken(name: str) -> None:
    """A boundary of the sandbox at which the agent itself fails."""
    if name == "after Sage committed":
        raise RuntimeError(name)


def test_an_error_of_the_agent_is_answered_and_its_write_found_again(journal: Journal, path: Path) -> None:
    cloud = MemoryCloud()
    cloud.ask(job("get_customer", {"reference": "LARCH01"}, job_id="before"))
    cloud.ask(job("create_customer", {"fields": CUSTOMER}, key="k", job_id="broken"))
    with at_work(Agent(cloud, journal, {"c1": SandboxDriver(path, boundary=broken)}, QUICK)):
        until(lambda: "broken" in cloud.failures)
    assert list(cloud.results) == ["before"]
    assert {name: failure.kind for name, failure in cloud.failures.items()} == {"broken": "unknown"}
    cloud.ask(job("create_customer", {"fields": CUSTOMER}, key="k", job_id="again"))
    with at_work(Agent(cloud, journal, {"c1": SandboxDriver(path)}, QUICK)):
        until(lambda: "again" in cloud.results)
    assert cloud.results["again"] == {"reference": "ELM01"}
    assert len(rows(path, "SALES_LEDGER")) == 5


HANGING = """
import sys, threading
from pathlib import Path
from connectors.agent.agent import Agent, Pace
from connectors.agent.cloud import MemoryCloud
from connectors.agent.journal import Journal
from connectors.agent.sandbox.driver import SandboxDriver
from connectors.agent.tests.company import CUSTOMER, job
cloud = MemoryCloud()
cloud.ask(job("create_customer", {"fields": CUSTOMER}, key="k"))
drivers = {"c1": SandboxDriver(Path(sys.argv[1]))}
Agent(cloud, Journal(Path(sys.argv[2])), drivers, Pace(hung_after_s=0.2)).run(threading.Event())
"""


def test_a_call_that_hangs_ends_the_process_and_the_journal_remembers(path: Path, tmp_path: Path) -> None:
    turn(path, "hang_seconds", "300")
    where = [str(path), str(tmp_path / "hung.db")]
    ended = subprocess.run([sys.executable, "-c", HANGING, *where], stderr=subprocess.DEVNULL, timeout=60)  # noqa: PLW1510 - its code is looked at
    assert ended.returncode == HUNG_EXIT
    turn(path, "hang_seconds", "")
    memory = Journal(tmp_path / "hung.db")
    assert memory.unsettled() == ["k"]
    with SandboxDriver(path).session() as session:
        again = job("create_customer", {"fields": CUSTOMER}, key="k")
        assert OnceWriter(memory, session).write(again, lambda: True) == {"reference": "ELM01"}
    memory.close()
    assert len(rows(path, "SALES_LEDGER")) == 5


def test_an_http_address_is_refused_unless_it_is_this_machine() -> None:
    with pytest.raises(NotAccepted, match="https"):
        HttpCloud("http://interlock.example")


@pytest.mark.parametrize(("version", "wanted"), [("0.1.0", "0.2"), ("0.9", "0.10"), ("1", "1.0.1")])
def test_older_versions(version: str, wanted: str) -> None:
    assert older(version, wanted)
    assert not older(wanted, version)
    assert not older(version, "")


def test_one_agent_to_a_folder(tmp_path: Path) -> None:
    with only_agent(tmp_path), pytest.raises(AlreadyRunning, match="Stop it first"), only_agent(tmp_path):
        pass


def enrol(server: AgentServer, path: Path, config: Path) -> int:
    where = ["--server", server.address, "--code", "c", "--connection", "c1", "--data", str(path)]
    rest = ["--user", "INTERLOCK", "--state", str(config.parent / "state")]
    return main(["--config", str(config), "enrol", *where, *rest])


def test_the_commands_join_work_and_stop(
    server: AgentServer,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "")
    config = tmp_path / "agent.json"
    assert enrol(server, path, config) == 0
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    server.jobs.append(body("a", "create_customer", {"fields": CUSTOMER}))
    command = [sys.executable, "-m", "connectors.agent", "--config", str(config), "run"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: server.told)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert server.told == [("a", "complete", {"result": {"reference": "ELM01"}})]
    capsys.readouterr()
    assert main(["--config", str(config), "status"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["answers_to_tell"], report["unsettled_writes"]) == (0, 0)
    assert TOKEN not in json.dumps(report)
    config.chmod(0o644)
    assert main(["--config", str(config), "status"]) == 1
    assert "chmod 600" in capsys.readouterr().err


def test_an_agent_killed_while_it_writes_goes_on_with_each_order_once(
    server: AgentServer, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "")
    config = tmp_path / "agent.json"
    enrol(server, path, config)
    turn(path, "hang_seconds", "0.1")
    jobs = [body(f"order-{n}", "create_sales_order", {"fields": ORDER}) for n in range(8)]
    server.jobs.extend(jobs)
    command = [sys.executable, "-m", "connectors.agent", "--config", str(config), "run"]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until(lambda: len(rows(path, "SALES_ORDER")) > 14)
    os.kill(first.pid, signal.SIGKILL)
    first.wait(30)
    turn(path, "hang_seconds", "")
    server.jobs.extend(jobs)
    second = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: {job_id for job_id, _, _ in server.told} == {one["job_id"] for one in jobs})
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(30)
    assert len(rows(path, "SALES_ORDER")) == 12 + 8
    references = {said["result"]["reference"] for _, _, said in server.told}
    assert references == {str(number) for number in range(13, 21)}


def test_the_agent_needs_nothing_of_django_or_the_sdk() -> None:
    code = (
        "import sys, connectors.agent.__main__;"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'jsonschema', 'orjson')"
        " or m.startswith('connectors.sdk')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert HUNG_EXIT == 75
