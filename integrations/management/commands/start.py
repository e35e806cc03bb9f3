"""`manage.py start`: Interlock as one supervised process group on this machine."""

import contextlib
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.supervisor.console import Console
from integrations.supervisor.first_start import prepare_folder
from integrations.supervisor.group import NotReadyError, StoppedError
from integrations.supervisor.lock import FolderInUseError
from integrations.supervisor.ports import PortInUseError
from integrations.supervisor.product import Addresses, Crew, environment, processes
from integrations.supervisor.session import migrate, supervised

__all__ = ["Command"]


class Command(BaseCommand):
    """Starts web, live, worker and dispatcher, and looks after them until Ctrl-C or SIGTERM."""

    help = "Start Interlock on this machine: web, live, worker and dispatcher as one process group."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000, help="HTTP port; WebSockets use the next one")
        parser.add_argument(
            "--public-url", default="", help="what browsers and far systems call, when a proxy is in front"
        )

        parser.add_argument(
            "--workers", type=int, default=1, help="more than one needs INTERLOCK_QUEUE=celery (default 1)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        addresses = Addresses(
            options["host"],
            options["port"],
            options["port"] + 1,
            public_url=options["public_url"].rstrip("/"),
        )
        if options["workers"] > 1 and settings.QUEUE != "celery":
            raise CommandError(
                "More than one worker needs INTERLOCK_QUEUE=celery and a broker; see docs/running."
            )
        try:
            serve(settings.DATA, addresses, Console(), Crew(workers=options["workers"]))
        except (FolderInUseError, PortInUseError, NotReadyError) as problem:
            raise CommandError(str(problem)) from None


def serve(data: Path, addresses: Addresses, console: Console, crew: Crew) -> None:
    """Run the product on `data` until a signal; the folder and its secrets are made at the first start."""
    env = environment(data, addresses, os.environ)
    with supervised(data, addresses, console) as group, contextlib.suppress(StoppedError):
        prepare_folder(data, os.environ)
        migrate(group, env)
        group.start(processes(addresses, env, crew))
        console.say(f"Interlock is running at {addresses.origin}; Ctrl-C stops it.")
        group.run()
