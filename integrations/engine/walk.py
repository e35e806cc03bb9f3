"""The loop over a plan: each step reused, skipped or carried out, in plan order. Containers are walked in `containers.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.body import Apart, Body
from integrations.engine.containers import Ended, Place, carry_out
from integrations.engine.failing import (
    FILTERED,
    SUPERSEDED,
    by_policy,
    inner_by_policy,
    may_be_taken,
    outcome_of,
)
from integrations.engine.journal import Entry
from integrations.engine.journey import Journey
from integrations.engine.measure import measured
from integrations.engine.outcome import Done, Fail, Outcome, Parked, Retry, Wait
from integrations.engine.path import join
from integrations.engine.plan import Plan, Step
from integrations.engine.scope import Scope
from integrations.engine.waiting import Held, Superseded

__all__ = ["Walk"]

_NOTHING: frozenset[str] = frozenset()
_NO_INPUTS: Mapping[str, Json] = {}


class Walk:
    """One plan being carried out: the flow's own, or what is inside a container at one place."""

    __slots__ = (
        "_handed",
        "_journey",
        "_names",
        "_outputs",
        "_overtaken",
        "_place",
        "_plan",
        "_ports",
    )

    def __init__(self, journey: Journey, plan: Plan, place: Place) -> None:
        self._journey = journey
        self._plan = plan
        self._place = place
        self._outputs: dict[str, Json] = dict(place.names["steps"])
        self._names: dict[str, Json] = {**place.names, "steps": self._outputs}
        self._ports: dict[str, str] = {}
        self._handed: dict[str, Json] = {}
        self._overtaken: set[str] = set()

    def go(self) -> Parked | None:
        """Every step in plan order. Gives where the run must stop, or None at the end."""
        into, ports, handed = self._plan.roads.into, self._ports, self._handed
        for step in self._plan.steps:
            edges = into.get(step.id)
            inputs = _NO_INPUTS
            if edges is not None:
                inputs = {source: handed[source] for source, port in edges if ports.get(source) == port}
            if edges is not None and not inputs:
                self._skip(step)
            elif parked := self._reach(step, inputs):
                return parked
        return None

    def ended(self, results: Sequence[str] | None = None) -> Ended:
        """How the walk has ended, and what it comes to: the output of the last of `results` that was reached; without
        them, of the last step that was reached and not filtered."""
        open_to = results if results is not None else [step.id for step in self._plan.steps]
        reached = [one for one in open_to if self._ports.get(one, FILTERED) != FILTERED]
        return Ended(self.result(), self._handed[reached[-1]] if reached else None)

    def result(self) -> Literal["delivered", "filtered", "superseded"]:
        """How the walk has ended. It is superseded when writes were overtaken and none was carried out; filtered when
        every path that was taken ended in a filter."""
        reached = [step for step in self._plan.steps if step.id in self._ports]
        if self._overtaken:
            wrote = any(step.writes and self._delivered(step) for step in reached)
            return "delivered" if wrote else "superseded"
        ends = [self._ports[step.id] for step in reached if not self._goes_on(step)]
        return "filtered" if ends and all(port == FILTERED for port in ends) else "delivered"

    def _delivered(self, step: Step) -> bool:
        return self._ports[step.id] == "main" and step.id not in self._overtaken

    def _goes_on(self, step: Step) -> bool:
        return self._ports[step.id] in self._plan.roads.drawn.get(step.id, _NOTHING)

    def _skip(self, step: Step) -> None:
        path = join(self._place.prefix, step.id)
        if self._journey.journal.last(path) is None:
            self._journey.journal.skip(path, node=step.id)

    def _reach(self, step: Step, inputs: Mapping[str, Json]) -> Parked | None:
        """Reuse what is recorded, or carry the step out and record it."""
        path = join(self._place.prefix, step.id)
        self._names["in"] = next(iter(inputs.values())) if inputs else self._place.origin
        journal = self._journey.journal
        entry = journal.last(path)
        if entry is not None:
            if entry.state == "done":
                self._leave(step, entry.port, entry.output)
                return None
            if parked := self._left_alone(entry):
                return parked
        attempt = entry.attempt + 1 if entry else 1
        scope = Scope(path, step.id, attempt, self._journey, self._names, inputs)
        outcome = self._attempt(step, scope, entry)
        if isinstance(outcome, Parked):
            return outcome
        scope.begin(None)
        journal.record(path, node=step.id, attempt=attempt, outcome=outcome)
        return self._after(step, scope, outcome)

    def _left_alone(self, entry: Entry) -> Parked | None:
        """What isn't tried again in this turn: a failure that a container around it takes, once it is recorded; and where
        items wait side by side, what isn't due, or failed and nobody asked for another attempt."""
        failure = entry.failure
        if failure is None:
            return None
        at = (entry.path, entry.node, entry.attempt)
        if entry.state == "fail" and may_be_taken(failure):
            asked = entry.until is not None
            if self._place.taken or (self._place.beside and not asked):
                return Parked("person", *at, failure=failure)
        elif self._place.beside and self._is_early(entry):
            return Parked(_reason(failure), *at, until=entry.until, failure=failure)
        return None

    def _is_early(self, entry: Entry) -> bool:
        due = entry.until
        return entry.state == "retry" and due is not None and due > self._journey.context.clock()

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
        hands_on = step.transparent and port != "error"
        self._handed[step.id] = self._names["in"] if hands_on else output

    def _attempt(self, step: Step, scope: Scope, entry: Entry | None) -> Outcome | Parked:
        """Execute once. Failures become outcomes here, by class; nothing else is caught."""
        drawn = self._plan.roads.drawn.get(step.id, _NOTHING)
        try:
            self._journey.count()
            outcome = self._execute(step, scope, drawn)
        except Held as held:
            return Wait(held.reason, until=held.until, token=held.token)
        except Superseded as overtaken:
            return Done(overtaken.output, port=SUPERSEDED)
        except Failure as failure:
            spent = entry.spent if entry else 0
            outcome = outcome_of(failure, step.retry, spent, self._journey.given.chance)
        if isinstance(outcome, Fail):
            return by_policy(outcome, step, drawn)
        if isinstance(outcome, Parked):
            return inner_by_policy(outcome, step)
        return outcome

    def _execute(self, step: Step, scope: Scope, drawn: frozenset[str]) -> Outcome | Parked:
        if step.disabled:
            return Done(self._names["in"])
        given = self._journey.node_type(step).execute(step.params, scope)
        outcome = (
            given
            if isinstance(given, Done | Retry | Wait | Fail)
            else self._inside(step, scope, given, drawn)
        )
        if isinstance(outcome, Done):
            measured(outcome.output, self._journey.given.limits)
        return outcome

    def _inside(self, step: Step, scope: Scope, body: Body, drawn: frozenset[str]) -> Done | Parked:
        """Walk what the step contains. Only when that has ended, the step itself is in the journal."""
        within = self._place.within(scope.path, self._names, taken=step.on_error.takes)
        outcome = carry_out(body, _Inside(self._journey, step, within, drawn))
        if isinstance(outcome, Done):
            scope.begin(body.event if isinstance(body, Apart) else None)
        return outcome


@dataclass(frozen=True, slots=True)
class _Inside:
    """A container's body, ready to be walked at places inside it."""

    journey: Journey
    step: Step
    place: Place
    drawn: frozenset[str]

    def walk(self, place: Place) -> Walk:
        if self.step.body is None:
            raise LookupError(f"The step {self.step.id} of a compiled flow has nothing inside it")
        return Walk(self.journey, self.step.body, place)


def _reason(failure: Failure) -> Literal["rate", "retry"]:
    return "rate" if failure.kind == "rate_limited" else "retry"
