"""What the sandbox promises about its state: it survives a restart and a kill, and is one process's own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.sandbox.store import Records, StateInUseError, Store
from connectors.sdk.wire import Json
from tests.sandbox.bench import Bench, Receiver, eventually

ROOT = Path(__file__).parents[2]


class Process:
    """The sandbox as a process of its own."""

    def __init__(self, state: Path) -> None:
        command = [sys.executable, "-m", "connectors.sdk.sandbox", "--state", str(state)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.urls: Json = json.loads(self.process.stdout.readline())

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_everything_survives_a_restart(bench: Bench, receiver: Receiver, tmp_path: Path) -> None:
    before = bench.control.read("/api/urls")["systems"]
    bench.listen(receiver)
    bench.fault("streak", "delay", millis=3_600_000)
    bench.fault("sage50", "unavailable", "count", count=2)
    bench.sage.call("GET", "/contacts")
    bench.move(bench.box(), "5004")
    bench.advance(60)
    invoice = bench.sage.call("POST", "/sales_invoices", json={}).status_code
    assert invoice == 503
    signed = bench.sage.headers["Authorization"]
    bench.close()
    again = Bench(SandboxHost(tmp_path / "state.db").start())
    try:
        after = again.control.read("/api/urls")["systems"]
        assert {n: s["account"] for n, s in after.items()} == {n: s["account"] for n, s in before.items()}
        assert again.box()["stageKey"] == "5004"
        assert again.hits("sage50", "unavailable") == 2
        assert again.sage.read("/user", headers={"Authorization": signed})
        assert receiver.arrived == []
        again.advance(3600)
        eventually(lambda: receiver.arrived)
    finally:
        again.close()


def test_a_record_whose_answer_was_lost_survives_kill_9(state: Path) -> None:
    first = Process(state)
    streak = first.urls["systems"]["streak"]
    signed = {"Authorization": f"Bearer {streak['access']['api_key']}"}
    pipeline = requests.get(f"{streak['api']}/v1/pipelines", headers=signed, timeout=20).json()[0]["key"]
    fault = {"system": "streak", "kind": "lose_answer", "mode": "next"}
    requests.post(f"{first.urls['control']}/api/faults", json=fault, timeout=20)
    path = f"/v2/pipelines/{pipeline}/boxes"
    with pytest.raises(requests.ConnectionError):
        requests.post(streak["api"] + path, json={"name": "Kept"}, headers=signed, timeout=20)
    first.end(signal.SIGKILL)
    second = Process(state)
    base = second.urls["systems"]["streak"]["api"]
    boxes = requests.get(base + path, headers=signed, timeout=20).json()["results"]
    assert second.urls["systems"]["streak"]["account"] == streak["account"]
    assert [box["name"] for box in boxes].count("Kept") == 1
    assert second.end(signal.SIGTERM) == 0


def test_a_state_file_belongs_to_one_sandbox(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(StateInUseError, match="in use"):
        SandboxHost(tmp_path / "state.db")
    command = [sys.executable, "-m", "connectors.sdk.sandbox", "--state", str(tmp_path / "state.db")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("in use by another sandbox.")
    assert bench.box()


def test_a_busy_port_is_told_in_one_sentence(bench: Bench, state: Path) -> None:
    port = bench.host.control_url.rpartition(":")[2]
    command = [
        sys.executable,
        "-m",
        "connectors.sdk.sandbox",
        "--state",
        str(state.with_name("other.db")),
        "--port",
        port,
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The sandbox can't open a port")
    assert len(ended.stderr.strip().splitlines()) == 1


def change_and_fail(store: Store, records: Records) -> None:
    with store.writing():
        records.put("thing", "1", {"name": "b"})
        records.put("thing", "2", {"name": "c"})
        assert [one["name"] for one in records.all("thing")] == ["b", "c"]
        assert records.find("thing", "name", "a") == []
        assert len(records.find("thing", "name", "b")) == 1
        raise ZeroDivisionError


def test_what_a_failed_transaction_changed_is_gone(state: Path) -> None:
    store = Store(state)
    records = store.system("x", {"thing": {"name": lambda one: [one["name"]]}})
    with store.writing():
        records.put("thing", "1", {"name": "a"})
    with pytest.raises(ZeroDivisionError):
        change_and_fail(store, records)
    assert records.all("thing") == [{"name": "a"}]
    assert records.find("thing", "name", "b") == []
    with pytest.raises(RuntimeError, match="writing"):
        records.put("thing", "3", {})
    store.close()
