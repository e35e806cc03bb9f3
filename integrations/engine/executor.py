"""Advance one run as far as it goes (DESIGN §3.2).

The same plan, journal, event and variables give the same turn, whatever happened to the process before: what is recorded
as done is reused, everything else is found out again. Whatever is not a `Failure` goes through to the caller.
"""

from integrations.engine.containers import Place
from integrations.engine.journal import Journal
from integrations.engine.journey import Given, Journey
from integrations.engine.node import Context
from integrations.engine.outcome import Finished, Turn
from integrations.engine.plan import Plan
from integrations.engine.walk import Walk

__all__ = ["Given", "advance"]


def advance(plan: Plan, journal: Journal, context: Context, given: Given) -> Turn:
    """Carry the run from what the journal holds to its end, or to where it must wait.

    A path that failed or waited before gets its next attempt, so call this only when the run is due. (Items of a loop that
    wait side by side are told apart: only those that are due, or that a person asked for, are tried again.) Raises
    whatever a node, the context or the journal raises that is not a failure (a bug, a lost fence).
    """
    names = {"event": given.event, "vars": given.variables, "steps": {}}
    walk = Walk(Journey(journal, context, given), plan, Place(names, given.event))
    return walk.go() or Finished(walk.result())
