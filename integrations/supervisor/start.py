"""`manage.py start` without Django: what it can be told, and the product as one process group until a signal comes."""

import contextlib
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from integrations.supervisor.console import Console
from integrations.supervisor.first_start import ENV_FILE, prepare_folder, read_env
from integrations.supervisor.group import NotReadyError, StoppedError
from integrations.supervisor.lock import FolderInUseError
from integrations.supervisor.ports import PortInUseError
from integrations.supervisor.product import ROOT, Addresses, Crew, environment, processes
from integrations.supervisor.session import migrate, supervised

__all__ = ["REFUSALS", "CantStartError", "add_arguments", "data_folder", "start"]


class CantStartError(Exception):
    """What was asked for makes no sense. The text is one sentence for a person."""


REFUSALS = (CantStartError, FolderInUseError, PortInUseError, NotReadyError)
"""Why nothing runs. Each one's text is for a person."""


def add_arguments(parser: ArgumentParser) -> None:
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


def start(options: Namespace) -> None:
    """Run the product until a signal; the folder and its secrets are made at the first start. Raises `REFUSALS`."""
    data = data_folder(os.environ)
    if options.workers > 1 and _queue(data, os.environ) != "celery":
        raise CantStartError(
            "More than one worker needs INTERLOCK_QUEUE=celery and a broker; see docs/running."
        )
    port, public = options.port, options.public_url.rstrip("/")
    addresses = Addresses(options.host, port, port + 1, public_url=public)
    _serve(data, addresses, Console(), Crew(workers=options.workers))


def data_folder(given: Mapping[str, str]) -> Path:
    """INTERLOCK_DATA, as the settings read it."""
    return Path(given.get("INTERLOCK_DATA", "") or ROOT / "var").resolve()


def _queue(data: Path, given: Mapping[str, str]) -> str:
    return given.get("INTERLOCK_QUEUE", "") or read_env(data / ENV_FILE).get("INTERLOCK_QUEUE", "")


def _serve(data: Path, addresses: Addresses, console: Console, crew: Crew) -> None:
    env = environment(data, addresses, os.environ)
    with supervised(data, addresses, console) as group, contextlib.suppress(StoppedError):
        prepare_folder(data, os.environ)
        migrate(group, env)
        group.start(processes(addresses, env, crew))
        console.say(f"Interlock is running at {addresses.origin}; Ctrl-C stops it.")
        group.run()
