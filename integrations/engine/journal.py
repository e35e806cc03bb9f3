"""What must be remembered of a run. The engine writes through this; `memory.py` and `runs/journal.py` implement it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.outcome import Outcome

__all__ = ["Entry", "EntryState", "Journal"]

EntryState = Literal["begun", "done", "retry", "wait", "fail", "skipped"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The latest attempt recorded at a path. `attempt` starts at 1; `spent` counts the attempts that count for back-off.

    `until`: when a waiting one goes on, when the next attempt after one to be retried is due, and of a failed one, when a
    person asked for another attempt (None = nobody has). `failure` is what a failed one or one to be retried failed with.
    A journal that doesn't keep these two has whatever waits or failed tried again at every turn.
    """

    path: str
    node: str
    attempt: int
    state: EntryState
    port: str = ""
    output: Json = None
    spent: int = 0
    until: datetime | None = None
    failure: Failure | None = None


class Journal(Protocol):
    """A path is node ids and loop keys ("each_line[SKU-1]/create"), never a counter. May be used from several threads."""

    def last(self, path: str) -> Entry | None:
        """The latest attempt at `path`. A `done` entry is never executed again; its output is reused."""

    def begin(self, path: str, *, node: str, attempt: int, input: Json) -> None:
        """An attempt starts (`input` = the resolved configuration, for people). May ride along with the next commit."""

    def record(self, path: str, *, node: str, attempt: int, outcome: Outcome) -> None:
        """An attempt ended."""

    def skip(self, path: str, *, node: str) -> None:
        """The node was not reached: every edge into it was skipped."""
