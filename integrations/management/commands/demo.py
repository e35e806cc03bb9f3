"""`manage.py demo`: Interlock with a sandbox company; `--once` rehearses a scenario and proves it."""

import contextlib
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.demo.once import kill_point, rehearse
from integrations.demo.scenario import RehearsalError
from integrations.demo.scenarios import FIRST, scenario, scenarios
from integrations.demo.serve import add_arguments, serve
from integrations.demo.stage import run_around
from integrations.supervisor.console import Console
from integrations.supervisor.group import NotReadyError, StoppedError
from integrations.supervisor.lock import FolderInUseError
from integrations.supervisor.ports import PortInUseError

__all__ = ["Command"]


class Command(BaseCommand):
    """Starts the product and the sandbox as one process group; with `--once` for one rehearsal only."""

    help = "Start Interlock with a sandbox company, or rehearse a scenario once."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument(
            "--once", action="store_true", help="rehearse on free ports and throw-away data, then stop"
        )
        parser.add_argument(
            "--scenario",
            default=FIRST,
            metavar="NAME",
            help=f"with --once: what is rehearsed (default {FIRST})",
        )
        parser.add_argument(
            "--list", action="store_true", help="name the scenarios, one a line, and start nothing"
        )
        parser.add_argument(
            "--json", action="store_true", help="with --once: end with one JSON object on a line"
        )
        parser.add_argument("--logs", action="store_true", help="with --once: show every process's lines")
        parser.add_argument(
            "--kill-worker-at",
            default="",
            metavar="STEP[:before|intended|sent|done]",
            help="with --once: kill the worker there with SIGKILL; random picks a place",
        )

        parser.add_argument(
            "--around",
            nargs="...",
            metavar="COMMAND",
            help="run COMMAND against a demo on free ports and throw-away data, and end with its code",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self.stdout.write("\n".join(scenarios()))
            elif options["around"]:
                self._run_around(options["around"])
            elif options["once"]:
                self._rehearse(options)
            else:
                serve(settings.DATA, options["port"], Console())
        except (FolderInUseError, PortInUseError, NotReadyError, RehearsalError) as problem:
            raise CommandError(str(problem)) from None

    def _run_around(self, command: list[str]) -> None:
        with quiet(shown=False) as console:
            code = run_around(command, console)
        if code:
            sys.exit(code)

    def _rehearse(self, options: dict[str, Any]) -> None:
        """Exit code 0 only when everything is as it must be."""
        played = scenario(options["scenario"])
        kill_at = kill_point(options["kill_worker_at"], played)
        with quiet(shown=options["logs"]) as console:
            verdict = rehearse(console, played, kill_at)
        for line in verdict.told():
            console.say(line)
        if options["json"]:
            self.stdout.write(verdict.as_json(kill_at))
        if verdict.wrong:
            sys.exit(1)


@contextlib.contextmanager
def quiet(*, shown: bool) -> Iterator[Console]:
    """A console that keeps the processes' lines to itself, unless they are to be `shown`, and shows the last if it fails."""
    with tempfile.NamedTemporaryFile(prefix="interlock-log-") as log:
        console = Console(log=None if shown else Path(log.name))
        try:
            yield console
        except StoppedError:
            raise CommandError("Stopped before the end.") from None
        except (NotReadyError, RehearsalError):
            console.show_last()
            raise
