"""Interlock as `manage.py start` starts it, with the bench's settings. `python -m tests.bench.product <web port> <live port> <workers>`

INTERLOCK_DATA and the rest of its settings come from the environment.
"""

import contextlib
import os
import sys
from pathlib import Path

from integrations.supervisor.console import Console
from integrations.supervisor.first_start import prepare_folder
from integrations.supervisor.group import StoppedError
from integrations.supervisor.product import Addresses, Crew, environment, processes
from integrations.supervisor.session import migrate, supervised

__all__ = ["SETTINGS", "main"]

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}


def main(web: int, live: int, workers: int) -> None:
    """What `start` does, step by step."""
    data, addresses = Path(os.environ["INTERLOCK_DATA"]), Addresses("127.0.0.1", web, live)
    env = {**environment(data, addresses, os.environ), **SETTINGS}
    console = Console()
    with supervised(data, addresses, console) as group, contextlib.suppress(StoppedError):
        prepare_folder(data, env)
        migrate(group, env)
        group.start(processes(addresses, env, Crew(workers=workers)))
        console.say("Ready.")
        group.run()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
