"""`manage.py demo --once`: a scenario rehearsed on free ports and throw-away data, through the real HTTP interfaces."""

import secrets

from integrations.demo.people import ADMIN, HOME
from integrations.demo.rest import RestClient
from integrations.demo.sandbox import Sandbox
from integrations.demo.scenario import RehearsalError, Scenario, Scene, Verdict
from integrations.demo.stage import Stage, staged
from integrations.supervisor.child import Child
from integrations.supervisor.console import Console
from integrations.supervisor.product import manage

__all__ = ["kill_point", "rehearse"]


def kill_point(wanted: str, played: Scenario) -> str:
    """The boundary meant by `<step>[:before|intended|sent|done]`, or by `random`. Raises `RehearsalError` for no place.

    A step that calls nothing has no boundary of its own, and the end of one step is the beginning of the next: both mean
    the next place there is.
    """
    points, steps = played.kill_points, played.steps
    if not wanted:
        return ""
    if not points:
        raise RehearsalError(f"No worker is killed in {played.key}.")
    if wanted == "random":
        return secrets.choice(points)
    step, _, boundary = wanted.partition(":")
    point = f"{step}:{boundary or 'before'}"
    if step in steps and (boundary == "done" or (not boundary and point not in points)):
        following = steps[steps.index(step) + 1 :]
        point = next(f"{later}:before" for later in following if f"{later}:before" in points)
    if point not in points:
        raise RehearsalError(
            f"There is no place {wanted} to kill the worker at; there are {', '.join(points)}."
        )
    return point


def rehearse(console: Console, played: Scenario, kill_at: str = "") -> Verdict:
    """Bring everything up, play the scenario, and look at what the far systems hold then.

    With `kill_at` the worker kills itself there, once. Raises `RehearsalError` when the kill didn't happen, and what
    `supervised`, the group and the play raise.
    """
    kill = {"INTERLOCK_KILL_AT": kill_at, "INTERLOCK_KILL_MARKER": "{folder}/killed"} if kill_at else {}
    with staged(console, kill) as stage:
        for template in played.templates:
            _install(stage, template)
        client = RestClient(stage.addresses.origin)
        client.sign_in(ADMIN.username, stage.passwords[ADMIN.username])
        verdict = played.play(Scene(stage.group, console, client, Sandbox(stage.addresses.sandbox_url)))
        marker = stage.folder / "killed"
        verdict.killed = marker.read_text().strip() if marker.is_file() else ""
    if kill_at and not verdict.killed:
        raise RehearsalError(f"The worker was to be killed at {kill_at}, and nothing passed there.")
    return verdict


def _install(stage: Stage, template: str) -> None:
    """Have a template of the gallery run in the demo's environment, its webhooks registered."""
    command = manage("installtemplate", template, "--environment", HOME, "--by", ADMIN.username, "--listen")
    stage.group.finish(Child(f"install {template}", command, stage.env))
