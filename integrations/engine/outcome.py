"""How a step can end, and how a run's turn can end: two closed sets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json

__all__ = ["Done", "Fail", "Finished", "Outcome", "ParkReason", "Parked", "Retry", "Turn", "Wait"]

ParkReason = Literal["retry", "rate", "reconnect", "agent", "effect", "waiting", "person"]


@dataclass(frozen=True, slots=True)
class Done:
    """The step succeeded: its output left through `port`."""

    output: Json
    port: str = "main"


@dataclass(frozen=True, slots=True)
class Retry:
    """It failed in a way that time may cure: again after `after` seconds. `counts` = it spends an attempt."""

    after: float
    failure: Failure
    reason: ParkReason = "retry"
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing failed, but the step can't go on before `until`, or before somebody settles `token`."""

    reason: ParkReason
    until: datetime | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Fail:
    """It failed in a way that waiting doesn't cure. The run parks for a person unless the node has an error policy."""

    failure: Failure
    reason: ParkReason = "person"


Outcome = Done | Retry | Wait | Fail


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over. `result`: delivered (it reached an end), filtered (a filter or stop node ended it) or superseded."""

    result: Literal["delivered", "filtered", "superseded"] = "delivered"


@dataclass(frozen=True, slots=True)
class Parked:
    """The run waits at `path`: for `after` seconds, for `until`, for `token` (an effect, say), or for a person.

    Where items of a loop wait side by side it may be several of these: the run goes on with whichever comes first.
    """

    reason: ParkReason
    path: str
    node: str
    attempt: int
    after: float | None = None
    until: datetime | None = None
    token: str = ""
    failure: Failure | None = None

    @property
    def only_failed(self) -> bool:
        """It waits for a person and for nothing else: no part of it goes on by itself."""
        return self.reason == "person" and self.after is None and self.until is None and not self.token


Turn = Finished | Parked
"""How `advance` ended. A run that must be dropped (its lease or fence is lost) raises `runs.FenceLost` through it."""
