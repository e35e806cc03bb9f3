"""The command line: `python -m connectors.agent enrol|run|status`."""

import argparse
import getpass
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from connectors.agent import VERSION
from connectors.agent.agent import Agent
from connectors.agent.cloud import NotAccepted, Unreachable
from connectors.agent.cloud_http import HttpCloud
from connectors.agent.config import (
    DRIVERS,
    AgentConfig,
    BadConfig,
    Dataset,
    drivers_of,
    read_config,
    with_token,
    write_config,
)
from connectors.agent.journal import AlreadyRunning, Journal, only_agent

DEFAULT_CONFIG = Path("agent.json")
JOURNAL = "journal.sqlite3"
PASSWORD_VARIABLE = "INTERLOCK_AGENT_SAGE_PASSWORD"  # noqa: S105 - a variable's name


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 with one sentence on stderr."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    commands = {"enrol": _enrol, "run": _run, "status": _status}
    try:
        return commands[options.command](options)
    except (BadConfig, NotAccepted, Unreachable, AlreadyRunning) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m connectors.agent", description="Interlock's agent beside Sage 50."
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="the configuration file")
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = commands.add_parser("enrol", help="join a server with a one-time code")
    enrol.add_argument("--server", required=True, help="the server's address, https://…")
    enrol.add_argument("--code", required=True, help="the one-time code the server shows")
    enrol.add_argument("--connection", required=True, help="the id of the connection this company serves")
    enrol.add_argument("--driver", choices=DRIVERS, default=DRIVERS[0])
    enrol.add_argument("--data", required=True, help="where the company is")
    enrol.add_argument("--user", required=True, help="the agent's own user in Sage")
    enrol.add_argument(
        "--state", type=Path, default=Path("agent-state"), help="the folder of the agent's memory"
    )
    commands.add_parser("run", help="work until stopped")
    commands.add_parser("status", help="say how Sage and the agent's memory are")
    return parser


def _enrol(options: argparse.Namespace) -> int:
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        password = getpass.getpass("Password of the agent's user in Sage: ")
    body = {"code": options.code, "hostname": socket.gethostname(), "agent_version": VERSION}
    answer = HttpCloud(options.server).enrol(body)
    options.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    dataset = Dataset(
        options.connection, options.driver, str(Path(options.data).absolute()), options.user, password
    )
    config = AgentConfig(
        server=options.server,
        agent_id=str(answer["agent_id"]),
        token=str(answer["agent_token"]),
        state_folder=str(options.state.absolute()),
        datasets=(dataset,),
    )
    write_config(options.config, config)
    sys.stdout.write(f"Enrolled as {config.agent_id}. Start it with: run\n")
    return 0


def _run(options: argparse.Namespace) -> int:
    config = read_config(options.config)
    folder = Path(config.state_folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with only_agent(folder), closing(Journal(folder / JOURNAL)) as journal:
        cloud = HttpCloud(config.server, config.token)
        agent = Agent(
            cloud, journal, drivers_of(config), save_token=lambda token: with_token(options.config, token)
        )
        agent.run(stop)
    return 0


def _status(options: argparse.Namespace) -> int:
    """JSON on stdout; 0 only when every company can be worked with."""
    config = read_config(options.config)
    conditions = {name: driver.condition() for name, driver in drivers_of(config).items()}
    with closing(Journal(Path(config.state_folder) / JOURNAL)) as journal:
        memory = {"unsettled_writes": len(journal.unsettled()), "answers_to_tell": journal.letters()}
    report = {
        "agent_id": config.agent_id,
        "agent_version": VERSION,
        "server": config.server,
        "companies": {name: asdict(condition) for name, condition in conditions.items()},
        **memory,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0 if all(not condition.problem for condition in conditions.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
