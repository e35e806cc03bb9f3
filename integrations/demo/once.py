"""`manage.py demo --once`: the main job rehearsed on free ports and throw-away data, through the real HTTP interfaces."""

import secrets
import shutil
import tempfile
from pathlib import Path

from integrations.demo.bring_up import bring_up, free_addresses, throw_away_env
from integrations.demo.people import ADMIN
from integrations.demo.play import Play, RehearsalError, Story
from integrations.demo.rest import RestClient
from integrations.demo.sandbox import Sandbox
from integrations.supervisor.console import Console
from integrations.supervisor.first_start import ENV_FILE, password_name, read_env
from integrations.supervisor.session import supervised

__all__ = ["KILL_POINTS", "kill_point", "rehearse"]

KILL_POINTS = (
    "deal:before",
    "contact:before",
    "organization:before",
    "customer:before",
    "customer:intended",
    "customer:sent",
    "invoice:before",
    "invoice:intended",
    "invoice:sent",
    "write_back:before",
    "write_back:intended",
    "write_back:sent",
    "end:before",
)
"""Where a random kill strikes: every boundary of every step that calls a far system, and the end of the run."""


def kill_point(wanted: str) -> str:
    """`random` becomes one of `KILL_POINTS`; a step without a boundary means before it."""
    if wanted == "random":
        return secrets.choice(KILL_POINTS)
    return wanted if not wanted or ":" in wanted else f"{wanted}:before"


def rehearse(console: Console, kill_at: str = "") -> Story:
    """Bring everything up, win one deal, repeat its webhook twice, and look at what the far systems hold then.

    With `kill_at` the worker kills itself there, once. Raises `RehearsalError` when the kill didn't happen, and what
    `supervised`, the group and the play raise. Leaves no process and no file behind.
    """
    folder = Path(tempfile.mkdtemp(prefix="interlock-"))
    try:
        return _rehearse_in(folder, console, kill_at)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _rehearse_in(folder: Path, console: Console, kill_at: str) -> Story:
    data, marker = folder / "data", folder / "killed"
    addresses = free_addresses()
    env = throw_away_env(data, addresses) | {"INTERLOCK_RUNTIME_DIR": str(folder / "run")}
    kill = {"INTERLOCK_KILL_AT": kill_at, "INTERLOCK_KILL_MARKER": str(marker)} if kill_at else {}
    with supervised(data, addresses, console) as group:
        bring_up(group, data, addresses, env, kill)
        client = RestClient(addresses.origin)
        client.sign_in(ADMIN.username, read_env(data / ENV_FILE)[password_name(ADMIN.username)])
        story = Play(group, console, client, Sandbox(addresses.sandbox_url)).run()
    if kill_at:
        story.killed = marker.read_text().strip() if marker.is_file() else ""
        if not story.killed:
            raise RehearsalError(f"The worker was to be killed at {kill_at}, and nothing passed there.")
    return story
