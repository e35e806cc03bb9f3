"""Writes a connector of an OpenAPI 3 document: one typed operation for each of its paths and methods."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

import connectors
from connectors.sdk.openapi.document import DocumentError
from connectors.sdk.openapi.folder import imported
from connectors.sdk.scaffold import ScaffoldError, write_folder
from connectors.sdk.wire import Json

__all__ = ["Command"]

_MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Write a connector of an OpenAPI 3 document (JSON or YAML): typed operations, sign-ins, tests and a page."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="The document.")
        parser.add_argument("--name", required=True, help="The folder's name and the connector's id.")
        parser.add_argument(
            "--into", default="", help="The folder to put it in; connectors/, unless told otherwise."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError, with nothing written, when the document can't be read or the name is taken."""
        folder = Path(options["into"] or next(iter(connectors.__path__))) / options["name"]
        try:
            files, notes = imported(_parsed(Path(options["file"])), options["name"])
            write_folder(folder, files)
        except (DocumentError, ScaffoldError) as error:
            raise CommandError(str(error)) from error
        count = sum(path.startswith("operations/") and path.endswith(".json") for path in files)
        self.stdout.write(f"{folder}: {count} operations.")
        for where, said in notes[:_MOST_SHOWN]:
            self.stdout.write(f"  {where} {said}")
        if len(notes) > _MOST_SHOWN:
            self.stdout.write(
                f"  and {len(notes) - _MOST_SHOWN} more notes; all are in {folder / 'README.md'}"
            )


def _parsed(path: Path) -> Json:
    """JSON, or YAML with its dates left as texts. Raises DocumentError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Plain)  # noqa: S506 - a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DocumentError(f"{path} can't be read: {error}") from error


class _Plain(yaml.SafeLoader):
    """YAML's plain values; what looks like a date stays the text it is, as in JSON."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
