"""The agent's configuration: a JSON file that only its owner may read, as it holds the token and Sage's password."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from connectors.agent.driver import Driver
from connectors.agent.sandbox.driver import SandboxDriver

_OTHERS = 0o077
DRIVERS = ("sandbox",)


class BadConfig(Exception):  # noqa: N818 - told to a person in its sentence
    """The configuration cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Dataset:
    """One company: which connection it serves, and how to log in to Sage."""

    connection_id: str
    driver: str
    path: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class AgentConfig:
    """What `enrol` writes and `run` reads."""

    server: str
    agent_id: str
    token: str = field(repr=False)
    state_folder: str
    datasets: tuple[Dataset, ...]


def write_config(path: Path, config: AgentConfig) -> None:
    """Whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w") as file:
        json.dump(asdict(config), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_config(path: Path) -> AgentConfig:
    """Raises `BadConfig` with a sentence."""
    if not path.is_file():
        raise BadConfig(f"There is no configuration at {path}. Run enrol first.")
    if os.name != "nt" and path.stat().st_mode & _OTHERS:
        raise BadConfig(f"Others may read {path}. Run: chmod 600 {path}")
    try:
        given = json.loads(path.read_text())
        datasets = tuple(Dataset(**dataset) for dataset in given.pop("datasets"))
        return AgentConfig(**given, datasets=datasets)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadConfig(f"{path} cannot be read. Run enrol again.") from error


def with_token(path: Path, token: str) -> None:
    """Keep a rotated token."""
    write_config(path, replace(read_config(path), token=token))


def drivers_of(config: AgentConfig) -> Mapping[str, Driver]:
    """Connection id → its driver. Raises `BadConfig` for a kind of driver this agent has not."""
    unknown = [dataset.driver for dataset in config.datasets if dataset.driver not in DRIVERS]
    if unknown:
        raise BadConfig(f"This agent has no driver “{unknown[0]}”. It has: {', '.join(DRIVERS)}.")
    return {
        dataset.connection_id: SandboxDriver(Path(dataset.path), dataset.user, dataset.password)
        for dataset in config.datasets
    }
