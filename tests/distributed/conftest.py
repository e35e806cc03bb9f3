"""One distributed installation for these tests: real PostgreSQL, real Redis, and the product's own processes against them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from integrations.supervisor.first_start import prepare_folder
from tests.servers import Postgres, Redis, postgres, redis

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0  # seconds for anything to come true
Found = TypeVar("Found")


class Cluster:
    """Processes of the product on one database and one broker."""

    def __init__(self, folder: Path, database: Postgres, broker: str) -> None:
        self.database = database
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INTERLOCK_")}
        self.env = kept | {
            "INTERLOCK_DATA": str(folder),
            "INTERLOCK_RUNTIME_DIR": str(folder / "run"),
            "INTERLOCK_DATABASE_URL": database.url,
            "INTERLOCK_BROKER_URL": broker,
            "INTERLOCK_QUEUE": "celery",
            "DJANGO_SETTINGS_MODULE": "integrations.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }
        folder.mkdir(exist_ok=True)
        prepare_folder(folder, self.env)
        self.finish("manage.py", "migrate", "--no-input", "--verbosity", "0")

    def finish(self, *arguments: str) -> str:
        """Run Python with these arguments to its end; what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(
        self, *arguments: str, log: str = "log", env: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start Python with these arguments; its lines go to the log of that name."""
        return self._start([sys.executable, *arguments], log, env or {})

    def shell(self, line: str, log: str, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a line as a process manager does; `python` in it is the one that runs this."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return self._start(["sh", "-c", f"exec {line}"], log, {**env, "PATH": path})

    def _start(self, command: Sequence[str], log: str, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        with (self._folder / log).open("ab") as out:
            process = subprocess.Popen(
                command,
                env={**self.env, **env},
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def manage(self, *arguments: str, log: str = "log") -> "subprocess.Popen[bytes]":
        return self.start("manage.py", *arguments, log=log)

    def log(self, name: str = "log") -> str:
        return (self._folder / name).read_text()

    def last_lines(self) -> str:
        """The end of every log."""
        tails = {
            path.name: path.read_text(errors="replace").splitlines()[-60:]
            for path in self._folder.iterdir()
            if path.is_file()
        }
        return "\n".join(f"--- {name}\n" + "\n".join(lines) for name, lines in tails.items())

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with psycopg.connect(self.database.address(), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def live(self) -> dict[str, int]:
        """The resident drains: process id by owner."""
        return dict(self.rows("SELECT owner, pid FROM integrations_drain WHERE state <> 'queued'"))

    def stop(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(look: Callable[[], Found | None]) -> Found:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    pytest.fail("It did not come true in time.")


@pytest.fixture(scope="package")
def database() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="package")
def broker() -> Iterator[Redis]:
    with redis() as server:
        yield server


@pytest.fixture(scope="package")
def cluster(
    database: Postgres,
    broker: Redis,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Cluster]:
    """Tables are made; nothing runs yet. After a failure the processes' last lines are shown."""
    made = Cluster(tmp_path_factory.mktemp("cluster"), database, broker.url)
    yield made
    if request.session.testsfailed:
        print(made.last_lines())  # noqa: T201 - pytest shows it with the failure
    made.stop()
