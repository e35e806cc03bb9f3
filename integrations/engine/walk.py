"""The loop over a plan: each step reused, skipped or carried out, in plan order; loops walk their body once per item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.failing import SUPERSEDED, by_policy, outcome_of
from integrations.engine.journal import Entry, Journal
from integrations.engine.limits import LIMITS, Limits, over_limit
from integrations.engine.measure import measured
from integrations.engine.node import Catalog, Context, NodeType
from integrations.engine.outcome import Done, Fail, Outcome, Parked, Retry, Wait
from integrations.engine.path import inside, join
from integrations.engine.plan import Edge, Plan, Step
from integrations.engine.retry import Chance, steady
from integrations.engine.scope import Scope
from integrations.engine.waiting import Held, Superseded

__all__ = ["Given", "Journey", "Walk"]

FILTERED = "filtered"
"""The port of a step that ends its path without having delivered anything."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a run was started with, and what the caller lends the engine.

    `event` is `$event`, `variables` is `$vars`. `catalog` gives the node types. `chance` is where jitter comes from
    (`random.random` in production; the default never varies).
    """

    event: Json
    catalog: Catalog
    variables: Mapping[str, Json] = field(default_factory=dict)
    chance: Chance = steady
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Roads:
    """A plan's edges as the walk needs them: those into each step, and the ports each step has edges from."""

    incoming: Mapping[str, Sequence[Edge]]
    drawn: Mapping[str, frozenset[str]]


class Journey:
    """What all levels of one call to `advance` share."""

    __slots__ = ("_roads", "context", "given", "journal", "steps")

    def __init__(self, journal: Journal, context: Context, given: Given) -> None:
        self.journal = journal
        self.context = context
        self.given = given
        self.steps = 0
        self._roads: dict[int, Roads] = {}

    def roads(self, plan: Plan) -> Roads:
        """Worked out once per turn: a loop's body is walked many times."""
        found = self._roads.get(id(plan))
        if found is None:
            found = self._roads[id(plan)] = _roads(plan)
        return found

    def node_type(self, step: Step) -> NodeType:
        found = self.given.catalog.node_type(step.type)
        if found is None:
            raise LookupError(f"The node type {step.type!r} of a compiled flow is not installed")
        return found

    def count(self) -> None:
        self.steps += 1
        if self.steps > self.given.limits.steps:
            raise over_limit("steps of a run", limit=self.given.limits.steps)


class Walk:
    """One plan being carried out: the flow's own, or a loop's body for one item (then `names` are what is outside)."""

    __slots__ = (
        "_handed",
        "_journey",
        "_names",
        "_outputs",
        "_overtaken",
        "_plan",
        "_ports",
        "_prefix",
        "_roads",
    )

    def __init__(
        self, journey: Journey, plan: Plan, prefix: str = "", names: Mapping[str, Json] | None = None
    ) -> None:
        outer = names or {"event": journey.given.event, "vars": journey.given.variables, "steps": {}}
        self._journey = journey
        self._plan = plan
        self._prefix = prefix
        self._roads = journey.roads(plan)
        self._outputs: dict[str, Json] = dict(outer["steps"])
        self._names: dict[str, Json] = {**outer, "steps": self._outputs}
        self._ports: dict[str, str] = {}
        self._handed: dict[str, Json] = {}
        self._overtaken: set[str] = set()

    def go(self) -> Parked | None:
        """Every step in plan order. Gives where the run must stop, or None at the end."""
        for step in self._plan.steps:
            edges = self._roads.incoming.get(step.id, ())
            taken = [edge.source for edge in edges if self._ports.get(edge.source) == edge.source_port]
            path = join(self._prefix, step.id)
            if edges and not taken:
                self._skip(path, step)
            elif parked := self._reach(path, step, {source: self._handed[source] for source in taken}):
                return parked
        return None

    def result(self) -> Literal["delivered", "filtered", "superseded"]:
        """How the walk has ended. It is superseded when writes were overtaken and none was carried out; filtered when
        every path that was taken ended in a filter."""
        reached = [step for step in self._plan.steps if step.id in self._ports]
        if self._overtaken:
            wrote = any(step.writes and self._delivered(step) for step in reached)
            return "delivered" if wrote else "superseded"
        ends = [self._ports[step.id] for step in reached if not self._goes_on(step)]
        return "filtered" if ends and all(port == FILTERED for port in ends) else "delivered"

    def outcome(self) -> Json:
        """What a loop's item comes to: the output of the last step that was reached and not filtered, else None."""
        ended = [step.id for step in self._plan.steps if self._ports.get(step.id, FILTERED) != FILTERED]
        return self._handed[ended[-1]] if ended else None

    def _delivered(self, step: Step) -> bool:
        return self._ports[step.id] == "main" and step.id not in self._overtaken

    def _goes_on(self, step: Step) -> bool:
        return self._ports[step.id] in self._roads.drawn.get(step.id, ())

    def _skip(self, path: str, step: Step) -> None:
        if self._journey.journal.last(path) is None:
            self._journey.journal.skip(path, node=step.id)

    def _reach(self, path: str, step: Step, inputs: Mapping[str, Json]) -> Parked | None:
        """Reuse what is recorded, or carry the step out and record it."""
        self._names["in"] = next(iter(inputs.values()), self._names.get("item", self._names["event"]))
        entry = self._journey.journal.last(path)
        if entry and entry.state == "done":
            self._leave(step, entry.port, entry.output)
            return None
        attempt = entry.attempt + 1 if entry else 1
        scope = Scope(path, step.id, attempt, self._journey.journal, self._journey.context)
        outcome = self._attempt(step, scope.see(self._names, inputs), entry)
        if isinstance(outcome, Parked):
            return outcome
        scope.begin(None)
        self._journey.journal.record(path, node=step.id, attempt=attempt, outcome=outcome)
        return self._after(step, scope, outcome)

    def _after(self, step: Step, scope: Scope, outcome: Outcome) -> Parked | None:
        at = (scope.path, step.id, scope.attempt)
        match outcome:
            case Done(output, port):
                self._leave(step, port, output)
                return None
            case Retry(after, failure, reason):
                return Parked(reason, *at, after=after, failure=failure)
            case Wait(reason, until, token):
                return Parked(reason, *at, until=until, token=token)
            case Fail(failure, reason):
                return Parked(reason, *at, failure=failure)

    def _leave(self, step: Step, port: str, output: Json) -> None:
        """The step is done: remember which edges are taken, and what others see of it."""
        if port == SUPERSEDED:
            self._overtaken.add(step.id)
        self._ports[step.id] = "main" if port == SUPERSEDED else port
        self._outputs[step.id] = output
        self._handed[step.id] = self._names["in"] if step.transparent else output

    def _attempt(self, step: Step, scope: Scope, entry: Entry | None) -> Outcome | Parked:
        """Execute once. Failures become outcomes here, by class; nothing else is caught."""
        try:
            self._journey.count()
            outcome = self._execute(step, scope)
        except Held as held:
            return Wait(held.reason, until=held.until, token=held.token)
        except Superseded as overtaken:
            return Done(overtaken.output, port=SUPERSEDED)
        except Failure as failure:
            spent = entry.spent if entry else 0
            outcome = outcome_of(failure, step.retry, spent, self._journey.given.chance)
        if isinstance(outcome, Fail):
            return by_policy(outcome, step, self._roads.drawn.get(step.id, frozenset()))
        return outcome

    def _execute(self, step: Step, scope: Scope) -> Outcome | Parked:
        if step.disabled:
            return Done(self._names["in"])
        outcome: Outcome | Parked = self._journey.node_type(step).execute(step.params, scope)
        if step.body is not None and isinstance(outcome, Done):
            outcome = self._loop(step.body, scope, outcome)
        if isinstance(outcome, Done):
            measured(outcome.output, self._journey.given.limits)
        return outcome

    def _loop(self, body: Plan, scope: Scope, opened: Done) -> Done | Parked:
        """Walk the body once per item that the container's own execution gave: {"items": […], "keys": […]}."""
        results: list[Json] = []
        endings: set[str] = set()
        for index, (key, item) in enumerate(zip(opened.output["keys"], opened.output["items"], strict=True)):
            names = {**self._names, "item": item, "index": index, "in": item}
            walk = Walk(self._journey, body, inside(scope.path, key), names)
            if parked := walk.go():
                return parked
            ending = walk.result()
            endings.add(ending)
            if ending != FILTERED:
                results.append(walk.outcome())
        overtaken = SUPERSEDED in endings and "delivered" not in endings
        return Done(results, port=SUPERSEDED if overtaken else "main")


def _roads(plan: Plan) -> Roads:
    incoming: dict[str, list[Edge]] = {}
    drawn: dict[str, set[str]] = {}
    for edge in plan.edges:
        incoming.setdefault(edge.target, []).append(edge)
        drawn.setdefault(edge.source, set()).add(edge.source_port)
    return Roads(incoming, {source: frozenset(ports) for source, ports in drawn.items()})
