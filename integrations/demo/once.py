"""`manage.py demo --once`: the main job rehearsed on free ports and throw-away data, through the real HTTP interfaces."""

import secrets

from integrations.demo.people import ADMIN
from integrations.demo.play import Play, RehearsalError, Story
from integrations.demo.rest import RestClient
from integrations.demo.sandbox import Sandbox
from integrations.demo.stage import staged
from integrations.supervisor.console import Console

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

STEPS = (
    "won",
    "deal",
    "is_won",
    "contact",
    "organization",
    "customer",
    "lines",
    "invoice",
    "write_back",
    "end",
)
"""The template flow's nodes in the order they are carried out, and the end of the run."""


def kill_point(wanted: str) -> str:
    """The boundary meant by `<step>[:before|intended|sent|done]`, or by `random`. Raises `RehearsalError` for no place.

    A step that calls nothing has no boundary of its own, and the end of one step is the beginning of the next: both mean
    the next place there is.
    """
    if wanted in {"", "random"}:
        return secrets.choice(KILL_POINTS) if wanted else ""
    step, _, boundary = wanted.partition(":")
    point = f"{step}:{boundary or 'before'}"
    if step in STEPS and (boundary == "done" or (not boundary and point not in KILL_POINTS)):
        following = STEPS[STEPS.index(step) + 1 :]
        point = next(f"{later}:before" for later in following if f"{later}:before" in KILL_POINTS)
    if point not in KILL_POINTS:
        raise RehearsalError(
            f"There is no place {wanted} to kill the worker at; there are {', '.join(KILL_POINTS)}."
        )
    return point


def rehearse(console: Console, kill_at: str = "") -> Story:
    """Bring everything up, win one deal, repeat its webhook twice, and look at what the far systems hold then.

    With `kill_at` the worker kills itself there, once. Raises `RehearsalError` when the kill didn't happen, and what
    `supervised`, the group and the play raise.
    """
    kill = {"INTERLOCK_KILL_AT": kill_at, "INTERLOCK_KILL_MARKER": "{folder}/killed"} if kill_at else {}
    with staged(console, kill) as stage:
        client = RestClient(stage.addresses.origin)
        client.sign_in(ADMIN.username, stage.passwords[ADMIN.username])
        story = Play(stage.group, console, client, Sandbox(stage.addresses.sandbox_url)).run()
        marker = stage.folder / "killed"
        story.killed = marker.read_text().strip() if marker.is_file() else ""
    if kill_at and not story.killed:
        raise RehearsalError(f"The worker was to be killed at {kill_at}, and nothing passed there.")
    return story
