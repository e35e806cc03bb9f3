"""One start of the group on one data folder: locked, ports checked, signals obeyed, everything stopped on the way out."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from integrations.supervisor.child import Child
from integrations.supervisor.console import Console
from integrations.supervisor.group import Group
from integrations.supervisor.lock import lock_folder
from integrations.supervisor.ports import refuse_taken
from integrations.supervisor.product import LOADS, LOADS_FIRST, Addresses, manage

__all__ = ["migrate", "supervised"]


@contextlib.contextmanager
def supervised(data: Path, addresses: Addresses, console: Console) -> Iterator[Group]:
    """An empty group that owns `data` and may use the ports. Raises `FolderInUseError` or `PortInUseError`."""
    lock = lock_folder(data)
    group = Group(console.say, console.line, keep_open=[lock])
    try:
        refuse_taken(addresses.host, addresses.ports())
        group.obey_signals()
        yield group
        console.say("Stopping.")
    finally:
        group.stop()
        os.close(lock)


def migrate(group: Group, env: Mapping[str, str]) -> None:
    """Bring both databases to this version's tables: the business data and the queue's own. Meanwhile everything is loaded."""
    group.keep_warm(env, LOADS_FIRST)
    databases = ("default", "queue")
    words = ("migrate", "--no-input", "--verbosity", "0", "--database")
    migrations = [Child(f"migrate {name}", manage(*words, name), env, warm=True) for name in databases]
    group.finish(*migrations, meanwhile=lambda: group.keep_warm(env, LOADS))
