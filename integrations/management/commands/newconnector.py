"""Writes the folder of a new connector that works and passes every standard test, ready to be changed into the real one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import connectors
from connectors.sdk.scaffold import ScaffoldError, skeleton, write_folder

__all__ = ["Command"]


class Command(BaseCommand):
    help = "Write the folder of a new connector: manifest, client, a read, a write, a trigger, a sandbox, tests, page, icon."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The folder's name and the connector's id, such as acme_books.")
        parser.add_argument(
            "--title", default="", help="What people call it; the name, unless told otherwise."
        )
        parser.add_argument(
            "--into", default="", help="The folder to put it in; connectors/, unless told otherwise."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError, with nothing written, for a name that can't be one or is taken."""
        into = Path(options["into"] or next(iter(connectors.__path__)))
        folder = into / options["name"]
        try:
            files = skeleton(options["name"], options["title"])
            write_folder(folder, files)
        except ScaffoldError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder}: {len(files)} files. Next: docs/connectors.md, and")
        self.stdout.write(f"  pytest tests/test_connector_contract.py {folder}/tests")
