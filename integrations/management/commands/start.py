"""`manage.py start`: Interlock as one supervised process group on this machine."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.supervisor.start import REFUSALS, add_arguments, start

__all__ = ["Command"]


class Command(BaseCommand):
    """Starts web, live, worker and dispatcher, and looks after them until Ctrl-C or SIGTERM."""

    help = "Start Interlock on this machine: web, live, worker and dispatcher as one process group."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            start(Namespace(**options))
        except REFUSALS as problem:
            raise CommandError(str(problem)) from None
