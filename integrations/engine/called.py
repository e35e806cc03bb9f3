"""Flows that call flows: each compiled once, no circles, and not too deep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from connectors.sdk.wire import Json
from integrations.engine.limits import Limits
from integrations.engine.node import CalledFlow, Catalog
from integrations.engine.problem import Problem

__all__ = ["Calls"]

CompileCalled = Callable[[Mapping[str, Json], "Calls"], CalledFlow]


@dataclass(frozen=True, slots=True)
class Calls:
    """Which flows are being compiled, from the outermost to this one (`chain`), and those that are done."""

    catalog: Catalog
    limits: Limits
    compile: CompileCalled
    chain: tuple[str, ...] = ()
    done: dict[str, CalledFlow] = field(default_factory=dict)

    def of(self, key: str) -> "Calls":
        """The same, seen from inside the flow `key`."""
        return replace(self, chain=(*self.chain, key))

    def __call__(self, key: str) -> CalledFlow | None:
        """Another flow as a step of the innermost flow calls it; None when there is none of that key."""
        if key in self.chain:
            return CalledFlow(None, (self._circle(key),))
        if key not in self.done:
            document = self.catalog.flow(key)
            if document is None:
                return None
            self.done[key] = self.compile({**document, "key": key}, self.of(key))
        found = self.done[key]
        return found if len(self.chain) + found.calls <= self.limits.calls else self._too_deep()

    def _circle(self, key: str) -> Problem:
        circle = [*self.chain[self.chain.index(key) :], key]
        message = f"These flows call each other in a circle: {' → '.join(circle)}."
        return Problem("flow_circle", message, params={"flows": circle})

    def _too_deep(self) -> CalledFlow:
        limit = self.limits.calls
        message = (
            f"Flows may call each other {limit} deep; this one goes deeper: {' → '.join(self.chain)} → …."
        )
        return CalledFlow(None, (Problem("flows_too_deep", message, params={"limit": limit}),))
