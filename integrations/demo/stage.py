"""A demo on free ports with throw-away data, for as long as somebody needs it: rehearsals and browser tests play on it."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from integrations.demo.bring_up import bring_up, free_addresses, throw_away_env
from integrations.demo.people import PEOPLE
from integrations.supervisor.console import Console
from integrations.supervisor.first_start import ENV_FILE, password_name, read_env
from integrations.supervisor.group import Group
from integrations.supervisor.product import ONE_OF_EACH, Addresses, Crew
from integrations.supervisor.session import supervised

__all__ = ["Stage", "run_around", "staged"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A running demo. `passwords` by user name."""

    group: Group
    folder: Path
    addresses: Addresses
    env: Mapping[str, str]
    passwords: Mapping[str, str]


@contextlib.contextmanager
def staged(
    console: Console,
    worker: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    crew: Crew = ONE_OF_EACH,
) -> Iterator[Stage]:
    """Bring a demo up, and leave no process and no file of it behind.

    `env` is added to every process's environment: another database, another queue. `worker` is added to the workers' alone;
    "{folder}" in it stands for the throw-away folder. `crew`: how many workers and dispatchers.
    """
    folder = Path(tempfile.mkdtemp(prefix="interlock-"))
    data, addresses = folder / "data", free_addresses()
    own = {"INTERLOCK_RUNTIME_DIR": str(folder / "run"), **(env or {})}
    everywhere = throw_away_env(data, addresses) | own
    of_workers = {name: value.format(folder=folder) for name, value in (worker or {}).items()}
    whole_crew = replace(crew, worker_env={**crew.worker_env, **of_workers})
    try:
        with supervised(data, addresses, console) as group:
            bring_up(group, data, addresses, everywhere, whole_crew)
            kept = read_env(data / ENV_FILE)
            passwords = {person.username: kept[password_name(person.username)] for person in PEOPLE}
            yield Stage(group, folder, addresses, everywhere, passwords)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_around(command: Sequence[str], console: Console) -> int:
    """Run `command` against a demo started for it, and return its exit code. It learns by its environment where things are:
    E2E_URL, E2E_SANDBOX_URL, E2E_LIVE_URL and one E2E_PASSWORD_<USER> for each person."""
    with staged(console) as stage:
        where = {
            "E2E_URL": stage.addresses.origin,
            "E2E_LIVE_URL": stage.env["INTERLOCK_LIVE_URL"],
            "E2E_SANDBOX_URL": stage.addresses.sandbox_url,
            **{f"E2E_PASSWORD_{user.upper()}": password for user, password in stage.passwords.items()},
        }
        with subprocess.Popen(list(command), env={**stage.env, **where}) as process:
            try:
                while process.poll() is None:
                    stage.group.tick()
            finally:
                process.terminate()
            return process.wait()
