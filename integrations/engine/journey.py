"""What a run was started with, what the caller lends the engine, and what all levels of one turn share."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.sdk.wire import Json
from integrations.engine.journal import Journal
from integrations.engine.limits import LIMITS, Limits, over_limit
from integrations.engine.node import Catalog, Context, NodeType
from integrations.engine.plan import Step
from integrations.engine.retry import Chance, steady

__all__ = ["Given", "Journey", "SideBySide", "one_after_the_other"]

SideBySide = Callable[[Sequence[Callable[[], None]]], None]
"""Carries every one of these out, some of them at the same time if it can; comes back when all have ended. What one raises
comes through, once the others have ended. It may also carry out a few only after the first ones have ended: they then
find nothing left to do."""


def one_after_the_other(work: Sequence[Callable[[], None]]) -> None:
    """No threads: what tests and previews use."""
    for one in work:
        one()


@dataclass(frozen=True, slots=True)
class Given:
    """What a run was started with, and what the caller lends the engine.

    `event` is `$event`, `variables` is `$vars`. `catalog` gives the node types. `chance` is where jitter comes from
    (`random.random` in production; the default never varies). `side_by_side` is how items of a loop run at the same time.
    """

    event: Json
    catalog: Catalog
    variables: Mapping[str, Json] = field(default_factory=dict)
    chance: Chance = steady
    limits: Limits = LIMITS
    side_by_side: SideBySide = one_after_the_other


class Journey:
    """What all levels of one call to `advance` share. Threads may use it together."""

    __slots__ = ("_steps", "context", "given", "journal")

    def __init__(self, journal: Journal, context: Context, given: Given) -> None:
        self.journal = journal
        self.context = context
        self.given = given
        self._steps = itertools.count(1)

    def node_type(self, step: Step) -> NodeType:
        found = self.given.catalog.node_type(step.type)
        if found is None:
            raise LookupError(f"The node type {step.type!r} of a compiled flow is not installed")
        return found

    def count(self) -> None:
        """One more step is executed in this turn. Raises `Data` at the limit."""
        limit = self.given.limits.steps
        if next(self._steps) > limit:
            raise over_limit("steps of a run", limit=limit)
