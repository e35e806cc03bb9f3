"""Interlock on throw-away data as an operator starts it (`manage.py start`), killed in every way, and asked what it holds.

The sandbox is no part of it: it is a child of the driver and lives through everything.
"""

import contextlib
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from integrations.demo.bring_up import throw_away_env
from integrations.demo.people import PEOPLE
from integrations.supervisor.child import Child
from integrations.supervisor.first_start import prepare_folder, read_env
from integrations.supervisor.group import Group
from integrations.supervisor.ports import ReadyPage
from integrations.supervisor.product import Addresses, manage, sandbox_process
from integrations.supervisor.session import migrate
from tests.chaos import processes
from tests.chaos.backends import Backend
from tests.chaos.far import clear_the_board

__all__ = ["DEADLINE", "Installation", "NeverReadyError"]

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
READY_WITHIN = 90.0  # seconds; generous, the machine may be busy
COPY = "from tests.chaos.copied import install; install()"
DEADLINE = 3.0  # seconds a call to a far system may take


class NeverReadyError(Exception):
    """Interlock did not come up (again) by itself."""


class Installation:
    """One data folder, and whatever runs on it. Use it as a context from the main thread."""

    def __init__(self, folder: Path, backend: Backend, kill_at: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.kills = folder / "kills"
        self.backend = backend
        web = _lasting_ports(5)
        self.addresses = Addresses(HOST, web, web + 1, web + 2, {"streak": web + 3, "sage": web + 4})
        self.log = (folder / "interlock.log").open("ab")
        self.env = {
            **throw_away_env(self.data, self.addresses),
            **backend.env(),
            "INTERLOCK_RUNTIME_DIR": str(folder / "run"),
            "INTERLOCK_CALL_DEADLINE": str(DEADLINE),
            "INTERLOCK_KILL_AT": kill_at,
            "INTERLOCK_KILL_MARKER": str(self.kills),
        }
        self._group = Group(lambda sentence: self._note("driver", sentence), self._note)
        self._product: subprocess.Popen[bytes] | None = None
        self._page = ReadyPage(HOST, web)

    def __enter__(self) -> "Installation":
        try:
            self.data.mkdir(mode=0o700)
            prepare_folder(self.data, self.env, [person.username for person in PEOPLE])
            migrate(self._group, self.env)
            self._group.start([sandbox_process(self.addresses, self.env, self.folder / "sandbox.sqlite3")])
            clear_the_board(self.addresses.sandbox_url)
            self._group.finish(Child("seed", manage("seed"), self.env))
            self._group.finish(Child("copy", manage("shell", "-v", "0", "-c", COPY), self.env))
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_problem: object) -> None:
        self.kill_everything()
        self._group.stop()
        self.log.close()

    def _note(self, name: str, line: str) -> None:
        """One line of the driver's own children."""
        if not self.log.closed:
            self.log.write(f"{name:<10} {line}\n".encode())
            self.log.flush()

    @property
    def passwords(self) -> dict[str, str]:
        return read_env(self.data / "interlock.env")

    # -- life and death -----------------------------------------------------------------------------------------------

    def start(self) -> float:
        """`manage.py start`; returns the seconds until it was ready. Raises `NeverReadyError`."""
        began = time.monotonic()
        command = manage("start", "--port", str(self.addresses.web))
        self._product = subprocess.Popen(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not self._page.says_yes():
            if time.monotonic() - began > READY_WITHIN or self._product.poll() is not None:
                raise NeverReadyError(f"Interlock did not come up:\n{self.last_lines()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def kill_everything(self) -> int:
        """SIGKILL to the parent and to all below it, at once; returns how many processes that were."""
        if self._product is None:
            return 0
        pids = [self._product.pid, *processes.below(self._product.pid)]
        struck = processes.kill(pids)
        self._product.wait()
        self._product = None
        _until_gone(pids)
        return struck

    def kill_drain(self, choose: Any) -> int:
        """SIGKILL to one process that carries runs right now; returns 1, or 0 when there is none."""
        mine = set(processes.below(self._product.pid)) if self._product else set()
        busy = [pid for (pid,) in self.ask("SELECT pid FROM integrations_drain WHERE state <> 'queued'")]
        candidates = sorted(mine & set(busy))
        return processes.kill([choose(candidates)]) if candidates else 0

    def kill_role(self, name: str) -> int:
        """SIGKILL to a whole part of the group: its leader and everything below it; returns 1, or 0 when it is down."""
        for pid, parent in self._children():
            if parent and processes.role(pid) == name:
                return min(processes.kill([pid, *processes.below(pid)]), 1)
        return 0

    def _children(self) -> Iterator[tuple[int, bool]]:
        """Descendants with whether they lead their part of the group: what started them has another part, or none."""
        if self._product is not None:
            for pid, above in sorted(processes.below(self._product.pid).items()):
                yield pid, processes.role(above) != processes.role(pid)

    def stop_chance(self) -> None:
        """No process kills itself from now on."""
        with contextlib.suppress(FileNotFoundError):
            self.kills.rename(self.folder / "killed")

    def start_chance(self) -> None:
        self.kills.mkdir(exist_ok=True)

    def died_at(self) -> dict[str, int]:
        """Where processes have killed themselves, by boundary."""
        found = {"before": 0, "intended": 0, "during": 0, "sent": 0}
        for folder in (self.kills, self.folder / "killed"):
            for marker in folder.glob("*"):
                boundary = marker.read_text().strip().rpartition(":")[2] or "unknown"
                found[boundary] = (
                    found.get(boundary, 0) + 1
                )  # a marker may be empty: killed while it was written
        return found

    # -- what is seen from outside ------------------------------------------------------------------------------------

    def ask(self, question: str) -> list[Sequence[Any]]:
        return self.backend.ask(self.data, question)

    def tick(self, seconds: float) -> None:
        """Wait that long, and see that the sandbox and the group's parent live."""
        self._group.tick(seconds)
        if self._product is not None and self._product.poll() is not None:
            raise NeverReadyError(f"Interlock ended by itself:\n{self.last_lines()}")

    def last_lines(self) -> str:
        self.log.flush()
        return "\n".join((self.folder / "interlock.log").read_text(errors="replace").splitlines()[-40:])


def _lasting_ports(count: int) -> int:
    """The first of so many free ports in a row, below those the system lends to clients: they must stay free through restarts."""
    while True:
        first = PORTS.start + secrets.randbelow(len(PORTS) - count)
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + count):
                held.enter_context(socket.socket()).bind((HOST, port))
            return first


def _until_gone(pids: Sequence[int]) -> None:
    """Wait until killed processes have left the process table, so that nothing of them holds a file."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_lives(pid) for pid in pids):
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False
