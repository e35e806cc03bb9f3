"""Interlock as `manage.py start` starts it, with the bench's settings. `python -m tests.bench.product <web port> <live port>`

INTERLOCK_DATA and the rest of its settings come from the environment.
"""

import contextlib
import os
import sys
from pathlib import Path

from integrations.supervisor.console import Console
from integrations.supervisor.first_start import prepare_folder
from integrations.supervisor.group import StoppedError
from integrations.supervisor.product import Addresses, environment, processes
from integrations.supervisor.session import migrate, supervised

__all__ = ["SETTINGS", "main"]

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}


def main(web: int, live: int) -> None:
    """What `start` does, step by step."""
    data, addresses = Path(os.environ["INTERLOCK_DATA"]), Addresses("127.0.0.1", web, live)
    env = {**environment(data, addresses, os.environ), **SETTINGS}
    console = Console()
    with supervised(data, addresses, console) as group, contextlib.suppress(StoppedError):
        prepare_folder(data, env)
        migrate(group, env)
        group.start(processes(addresses, env))
        console.say("Ready.")
        group.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
