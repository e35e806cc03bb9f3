"""What a container's own execution gives: in which way the engine is to walk the steps inside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.sdk.wire import Json
from integrations.engine.long_list import LongList

__all__ = ["Apart", "Body", "Each", "Once"]


@dataclass(frozen=True, slots=True)
class Each:
    """Once per item, each under its own key, `at_once` side by side. `go_on`: an item that failed leaves the others alone,
    and the loop's output says which those were."""

    items: Sequence[Json] | LongList
    keys: Sequence[str]
    at_once: int = 1
    go_on: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """Once, with the names that are known outside."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Once, as a flow of its own: `event` is its `$event`, and it sees nothing else of the caller. Its output is that of the
    last step reached among `results`, else nothing."""

    event: Json
    results: Sequence[str] = ()


Body = Each | Once | Apart
