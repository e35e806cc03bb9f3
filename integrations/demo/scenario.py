"""A scenario: what a rehearsal installs, what it moves in the far systems, and what it must find there afterwards.

One file in `scenarios/` holds one, named `SCENARIO`; it is found by being there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from integrations.demo.rest import RestClient
from integrations.demo.sandbox import Sandbox
from integrations.supervisor.console import Console
from integrations.supervisor.group import Group

__all__ = ["RehearsalError", "Scenario", "Scene", "Verdict"]


class RehearsalError(Exception):
    """What is rehearsed did not happen as it must. The text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A running demo that is played on: the processes, Interlock's REST interface, and the far systems as their own users
    see them. While it waits, a play looks after the group (`group.tick`)."""

    group: Group
    console: Console
    client: RestClient
    sandbox: Sandbox


class Verdict(Protocol):
    """What a play found. `wrong` has one sentence for everything that isn't as it must be."""

    wrong: list[str]
    killed: str

    def told(self) -> Iterator[str]:
        """The story for people, line by line."""

    def as_json(self, killed_at: str = "") -> str:
        """One JSON object on a line, for programs."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`templates` are the gallery's, installed in the demo's environment beside what every demo has. `play(scene)` moves
    things and judges; it raises `RehearsalError` when the play can't go on. `steps` are the nodes in the order they are carried
    out and the end of the run; `kill_points` the boundaries at which a worker may be killed, none when that isn't rehearsed."""

    key: str
    title: str
    play: Callable[[Scene], Verdict]
    templates: Sequence[str] = ()
    steps: Sequence[str] = ()
    kill_points: Sequence[str] = ()
