"""`manage.py demo`: runs until Ctrl-C and keeps everything for the next start."""

import contextlib
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from integrations.demo.bring_up import bring_up, fixed_addresses
from integrations.demo.people import PEOPLE
from integrations.supervisor.console import Console
from integrations.supervisor.first_start import ENV_FILE, password_name
from integrations.supervisor.group import StoppedError
from integrations.supervisor.product import Addresses, environment
from integrations.supervisor.session import supervised
from integrations.supervisor.start import data_folder

__all__ = ["add_arguments", "demo", "serve"]


def add_arguments(parser: ArgumentParser) -> None:
    """What a lasting demo can be told."""
    parser.add_argument(
        "--port", type=int, default=8000, help="the first of five ports in a row (default 8000)"
    )


def demo(options: Namespace) -> None:
    """`manage.py demo` without Django. Raises what `serve` raises."""
    serve(data_folder(os.environ), options.port, Console())


def serve(data: Path, port: int, console: Console) -> None:
    """Start the demo on `data` at five ports from `port` on. Raises what `supervised` and the group raise."""
    addresses = fixed_addresses(port)
    env = environment(data, addresses, os.environ)
    with supervised(data, addresses, console) as group, contextlib.suppress(StoppedError):
        bring_up(group, data, addresses, env)
        for line in welcome(data, addresses):
            console.say(line)
        group.run()


def welcome(data: Path, addresses: Addresses) -> list[str]:
    """Where to go and how to sign in."""
    names = ", ".join(person.username for person in PEOPLE)
    return [
        "",
        "Interlock is running.",
        f"  Flows     {addresses.origin}/          each run live on its flow",
        f"  Admin     {addresses.origin}/admin/    mapping tables, runs, failures, connections",
        f"  Sandbox   {addresses.sandbox_url}/          move a deal to Closed-Won here and watch its invoice appear",
        f"  Sign in   as {names};",
        f"            the passwords are in {data / ENV_FILE} ({password_name('admin')} and so on)",
        f"  Stop      with Ctrl-C; everything is kept in {data} for the next start",
        "",
    ]
