"""A flow document becomes a frozen plan, or every problem at once (DESIGN §3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from connectors.sdk.wire import Json, Schema
from integrations.engine.called import Calls
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.graph import Graph, Node, digest, parse
from integrations.engine.levels import Flow, compile_level
from integrations.engine.limits import LIMITS, Limits
from integrations.engine.measure import nesting
from integrations.engine.node import CalledFlow, Catalog, CompileScope
from integrations.engine.plan import Plan
from integrations.engine.problem import Problem
from integrations.engine.schema_check import violations

__all__ = ["Compilation", "compile_flow", "graph_schema"]

_NESTING = 100
"""How deep objects and lists of a flow document may lie in each other."""
RESULT = "result"
"""The node type that says what the caller of a flow gets."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """The plan, or None when there are errors; and every problem, warnings included, in a fixed order."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def compile_flow(document: Mapping[str, Json], catalog: Catalog, limits: Limits = LIMITS) -> Compilation:
    """Check a flow document whole and compile it, together with the flows it calls. Never raises for what a document can
    hold.

    A document that breaks its schema is not looked into further: what it means can't be told.
    """
    if problems := _broken(document):
        return Compilation(None, problems)
    calls = Calls(catalog, limits, _as_called)
    return _Document(document, calls.of(document["key"])).compile()


def _broken(document: Mapping[str, Json]) -> tuple[Problem, ...]:
    if nesting(document) > _NESTING:
        message = f"A flow may be nested {_NESTING} deep."
        return (Problem("too_deep", message, params={"limit": _NESTING}),)
    found = violations(graph_schema(), document)
    return tuple(Problem("schema_invalid", one.message, "", one.pointer) for one in found)


def _as_called(document: Mapping[str, Json], calls: Calls) -> CalledFlow:
    """A flow as others call it: its plan, and what it says of what it takes and gives."""
    if problems := _broken(document):
        return CalledFlow(None, problems)
    found = _Document(document, calls)
    compiled = found.compile()
    config = found.trigger.config if found.trigger else {}
    if compiled.plan is None:
        return CalledFlow(None, compiled.errors)
    if config.get("kind") != "call":
        message = "Its trigger must be of the kind “call” for others to call it."
        return CalledFlow(None, (Problem("flow_not_callable", message),))
    results = [step for step in compiled.plan.steps if step.type == RESULT]
    outputs = [step.params.get("output") or {} for step in results]
    return CalledFlow(
        compiled.plan,
        input=config.get("input") or {},
        output=outputs[0] if len(outputs) == 1 else {},
        results=tuple(step.id for step in results),
        calls=1 + max((calls.done[key].calls for key in found.flow.flows), default=-1),
    )


class _Document:
    """One document on its way to a plan."""

    def __init__(self, document: Mapping[str, Json], calls: Calls) -> None:
        self._document = document
        self._graph = parse(document)
        self.trigger = _trigger(self._graph, calls.catalog)
        self.flow = Flow(
            calls,
            enclosed={node.id: around for node, around in self._graph.placed()},
            disabled=frozenset(node.id for node in self._graph.everything() if node.disabled),
            business_key=source_of(self.trigger.config.get("business_key")) if self.trigger else "",
            time_zone=document.get("settings", {}).get("time_zone", ""),
        )

    def compile(self) -> Compilation:
        flow, document = self.flow, self._document
        settings = document.get("settings", {})
        _check_ids(self._graph, flow)
        _check_settings(flow, settings)
        level = compile_level(flow, self._graph)
        _check_size(flow)
        found = Compilation(None, tuple(flow.problems))
        if found.errors:
            return found
        meaning = digest(document, flow.flows)
        plan = Plan(document["key"], meaning, level.steps, level.edges, _needs(flow), settings)
        return Compilation(plan, found.problems)


@lru_cache(maxsize=1)
def graph_schema() -> Schema:
    """The JSON Schema of flow documents."""
    schema: Schema = orjson.loads(Path(__file__).with_name("graph.schema.json").read_bytes())
    return schema


def _needs(flow: Flow) -> dict[str, Json]:
    needs: dict[str, Json] = {
        "slots": flow.slots,
        "tables": sorted(flow.tables),
        "variables": sorted(flow.variables),
    }
    return {**needs, "flows": dict(sorted(flow.flows.items()))} if flow.flows else needs


def _check_ids(graph: Graph, flow: Flow) -> None:
    """Ids are unique in the whole document."""
    seen: dict[str, int] = {}
    for node in graph.everything():
        seen[node.id] = seen.get(node.id, 0) + 1
    for node_id, times in seen.items():
        if times > 1:
            flow.add(
                "node_id_twice", f"The id {node_id} is used {times} times; ids are unique in a flow.", node_id
            )
    flow.size += sum(seen.values())


def _check_size(flow: Flow) -> None:
    """Not too many nodes, neither here nor with the flows that are called."""
    own, limits = len(flow.enclosed), flow.limits
    if own > limits.nodes:
        flow.add("too_many_nodes", f"A flow may have {limits.nodes} nodes.", limit=limits.nodes)
    elif flow.size > limits.all_nodes:
        message = (
            f"With the flows it calls, a flow may have {limits.all_nodes} nodes; this one has {flow.size}."
        )
        flow.add("too_many_nodes", message, limit=limits.all_nodes)


def _trigger(graph: Graph, catalog: Catalog) -> Node | None:
    """What says how the flow starts, and what one record's key is: creates that say nothing else happen once per this."""
    kinds = ((node, catalog.node_type(node.type)) for node in graph.nodes)
    return next((node for node, kind in kinds if kind is not None and kind.category == "trigger"), None)


def _check_settings(flow: Flow, settings: Mapping[str, Json]) -> None:
    lane = settings.get("lane")
    if lane:
        findings = Findings(CompileScope(node="", catalog=flow.catalog, upstream=frozenset()))
        findings.expression(lane["key"], "/settings/lane/key", names=("event", "vars"))
        flow.problems += findings.problems
        flow.variables |= findings.variables
