"""Everything a demo consists of, in order: tables, sandbox, seed, then the product itself."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from integrations.demo.people import PEOPLE
from integrations.supervisor.child import Child
from integrations.supervisor.first_start import prepare_folder
from integrations.supervisor.group import Group
from integrations.supervisor.ports import free_ports
from integrations.supervisor.product import (
    ONE_OF_EACH,
    Addresses,
    Crew,
    environment,
    manage,
    processes,
    sandbox_process,
)
from integrations.supervisor.session import migrate

__all__ = ["bring_up", "fixed_addresses", "free_addresses", "throw_away_env"]

HOST = "127.0.0.1"
SYSTEMS: Sequence[str] = ("streak", "sage")
"""The simulated systems, by the name of the sandbox's port option."""
PASSED_ON = ("INTERLOCK_LOG_LEVEL", "INTERLOCK_DRAIN_SLOTS", "INTERLOCK_DRAIN_THREADS")
"""What a rehearsal takes over from its caller's settings; its databases and secrets are always its own."""


def fixed_addresses(first: int) -> Addresses:
    """Five ports in a row: web, live, the sandbox's page, Streak, Sage."""
    systems = {name: first + 3 + number for number, name in enumerate(SYSTEMS)}
    return Addresses(HOST, first, first + 1, first + 2, systems)


def free_addresses() -> Addresses:
    """Five ports nobody uses."""
    web, live, sandbox, *systems = free_ports(3 + len(SYSTEMS), HOST)
    return Addresses(HOST, web, live, sandbox, dict(zip(SYSTEMS, systems, strict=True)))


def throw_away_env(data: Path, addresses: Addresses) -> dict[str, str]:
    """An environment without any setting of this installation's, so that a rehearsal can't touch its data."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("INTERLOCK_") or name in PASSED_ON
    }
    return environment(data, addresses, kept)


def bring_up(
    group: Group, data: Path, addresses: Addresses, env: Mapping[str, str], crew: Crew = ONE_OF_EACH
) -> None:
    """Start all of it and wait until it works. Safe to repeat on old data."""
    prepare_folder(data, env, [person.username for person in PEOPLE])
    migrate(group, env)
    group.start([sandbox_process(addresses, env, data / "sandbox.sqlite3")])
    group.finish(Child("seed", manage("seed"), env, warm=True))
    group.start(processes(addresses, env, crew))
