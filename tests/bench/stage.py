"""A benched installation: the product's real processes on a data folder of its own, and the target beside them."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integrations.supervisor.ports import ReadyPage, free_ports
from tests.bench.measure import tree

__all__ = ["BenchError", "Product", "Target", "target_on"]

HOST = "127.0.0.1"
READY_WITHIN = 90.0  # seconds
STOP_WITHIN = 30.0  # seconds
ROOT = Path(__file__).resolve().parent.parent.parent


class BenchError(Exception):
    """Something went wrong that no figure may hide. The text is a sentence."""


@dataclass
class Product:
    """The supervisor process and everything below it. `log` gets their lines. `workers`: how many the next start has."""

    env: Mapping[str, str]
    log: Path
    ports: list[int] = field(default_factory=lambda: free_ports(2, HOST))
    process: subprocess.Popen[bytes] | None = None
    workers: int = 1

    @property
    def pid(self) -> int:
        if self.process is None:
            raise BenchError("The product doesn't run.")
        return self.process.pid

    @property
    def web(self) -> int:
        return self.ports[0]

    def start(self) -> float:
        """Start it and wait until it says that it is ready; seconds it took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "tests.bench.product", *map(str, (*self.ports, self.workers))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=dict(self.env), stdout=log, stderr=log)
        while not ReadyPage(HOST, self.web).says_yes():
            if time.monotonic() - began > READY_WITHIN or self.process.poll() is not None:
                raise BenchError(f"The product did not come up; {self.log} says why.")
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL to all of it at once, its supervisor first."""
        for pid in tree(self.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self._wait()

    def _wait(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise BenchError("The product did not stop.") from None
        finally:
            self.process = None


@dataclass
class Target:
    """The far system's control side."""

    ports: list[int]

    def stats(self) -> dict[str, Any]:
        """How many calls, invoices, boxes and lists arrived, and when the last one did."""
        return self._ask("stats")

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that arrived."""
        return self._ask("invoices")

    def reset(self) -> None:
        self._ask("reset")

    def behave(self, delay: float = 0.0, hanging: Sequence[int] = ()) -> None:
        """Answer after `delay` seconds; the ports in `hanging` never do."""
        self._ask("set", {"delay": delay, "hanging": list(hanging)})

    def _ask(self, what: str, body: Any = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(HOST, self.ports[0], timeout=30)
        try:
            connection.request("POST", f"/control/{what}", body=json.dumps(body))
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return answer


@contextlib.contextmanager
def target_on() -> Iterator[Target]:
    """A target in a process of its own, on three free ports."""
    ports = free_ports(3, HOST)
    command = [sys.executable, "-m", "tests.bench.target", "--ports", *map(str, ports)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise BenchError("The target did not start.")
            yield Target(ports)
        finally:
            process.kill()
